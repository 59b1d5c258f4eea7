//! Who must say what to whom (HJ 212-2017): uploads get 9014, notices 9013, requests 9011 and 9012, and what fails its
//! checksum gets nothing.
//!
//! Pure: a judged frame and what was asked before go in, what it means and the message to send come out.

use super::code::{
    Command, DeviceId, ExecutionResult, Flag, Password, RequestId, RequestReply, SystemCode, Version,
};
use super::message::{Item, Judgement, Message, Pair};
use super::stamp::Stamp;
use super::text::decimal;

/// Something that the platform has asked and that is not done yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// QN of the question.
    pub request_id: RequestId,
    /// CN of the question.
    pub command: Command,
    /// The device asked.
    pub device: DeviceId,
    /// First and last DataTime asked for, when it was data that the device keeps.
    pub span: Option<(Stamp, Stamp)>,
}

impl Asked {
    /// Whether a message of that device under that command answers this, going by what it says and not by its QN: each
    /// packet of an answer has a QN of its own. Real-time data is never taken for an answer in this way.
    fn is_answered_by(&self, message: &Message) -> bool {
        let fits = match self.span {
            Some((begin, end)) => message.time("DataTime").is_some_and(|time| (begin..=end).contains(&time)),
            None => !(2000..3000).contains(&message.command.number()),
        };
        self.command == message.command && fits
    }
}

/// What a device has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing that counts: the frame is refused.
    Nothing,
    /// Data on the device's own account.
    Upload,
    /// Data that the question with that QN asked for.
    DataFor(RequestId),
    /// Something took place.
    Notice,
    /// 9011 to the question with that QN.
    Taken(RequestId, RequestReply),
    /// 9012 to the question with that QN: it is done, or failed.
    Ended(RequestId, ExecutionResult),
    /// 9013 to the notice with that QN, as 2012 is one: the device has it.
    Noted(RequestId),
    /// 9011, 9012 or 9013 to a question that nobody asked or that is over, or without its number; 9014, which answers
    /// nothing that a platform says.
    Unasked,
}

/// What the platform does about a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the device said.
    pub meaning: Meaning,
    /// What must be sent to it.
    pub answer: Option<Message>,
}

/// What a device knows of itself, by which it takes or refuses a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knows<'a> {
    /// PW.
    pub password: &'a Password,
    /// MN.
    pub device: &'a DeviceId,
    /// Systems that it serves.
    pub systems: &'a [SystemCode],
    /// Commands that it carries out.
    pub commands: &'a [Command],
}

/// What a frame of a device means to a platform that has asked `asked`, and the answer.
pub fn platform_hears(judgement: &Judgement, asked: &[Asked]) -> Step {
    let Some(message) = judgement.message() else {
        return Step { meaning: Meaning::Nothing, answer: None };
    };
    let is_of_device = |question: &&Asked| message.device.as_ref() == Some(&question.device);
    let by_id = asked
        .iter()
        .filter(is_of_device)
        .find(|question| message.request_id.as_ref() == Some(&question.request_id));
    let number = |name| message.value(name).and_then(|value| decimal(value.bytes()));
    let silent = |meaning| Step { meaning, answer: None };
    match message.command {
        Command::REQUEST_ACK => silent(match by_id.zip(number("QnRtn")) {
            Some((question, reply)) => {
                Meaning::Taken(question.request_id.clone(), RequestReply::from_number(reply))
            }
            None => Meaning::Unasked,
        }),
        Command::RESULT => silent(match by_id.zip(number("ExeRtn")) {
            Some((question, result)) => {
                Meaning::Ended(question.request_id.clone(), ExecutionResult::from_number(result))
            }
            None => Meaning::Unasked,
        }),
        Command::NOTICE_ACK => silent(match by_id {
            Some(question) => Meaning::Noted(question.request_id.clone()),
            None => Meaning::Unasked,
        }),
        command if command.is_answer() => silent(Meaning::Unasked),
        command if command.is_notice() => {
            Step { meaning: Meaning::Notice, answer: Some(acknowledged(message, Command::NOTICE_ACK)) }
        }
        _ => {
            let by_content =
                || asked.iter().filter(is_of_device).find(|question| question.is_answered_by(message));
            let question = by_id.or_else(by_content);
            let meaning =
                question.map_or(Meaning::Upload, |question| Meaning::DataFor(question.request_id.clone()));
            let answer = message.wants_answer().then(|| acknowledged(message, Command::DATA_ACK));
            Step { meaning, answer }
        }
    }
}

/// Whether a device takes a request, checked in the order of the table of QnRtn; nothing for what is refused as a frame,
/// which is dropped in silence.
pub fn device_hears(judgement: &Judgement, knows: &Knows<'_>) -> Option<RequestReply> {
    let message = judgement.message()?;
    let is_known_version =
        matches!(message.flag.map(Flag::version), Some(version) if !matches!(version, Version::Other(_)));
    let checks = [
        (message.password.as_ref() == Some(knows.password), RequestReply::Password),
        (message.device.as_ref() == Some(knows.device), RequestReply::Device),
        (message.system.is_some_and(|system| knows.systems.contains(&system)), RequestReply::System),
        (is_known_version, RequestReply::Flag),
        (message.request_id.is_some(), RequestReply::RequestId),
        (knows.commands.contains(&message.command), RequestReply::Command),
    ];
    let wrong = checks.into_iter().find(|(is_right, _)| !is_right);
    Some(wrong.map_or(RequestReply::Ready, |(_, reply)| reply))
}

/// 9013 or 9014: the same QN, PW and MN, ST 91, no answer wanted.
pub fn acknowledged(message: &Message, command: Command) -> Message {
    Message {
        request_id: message.request_id.clone(),
        system: Some(SystemCode::INTERACTION),
        password: message.password.clone(),
        device: message.device.clone(),
        flag: Some(Flag::new(message.version(), false, false)),
        ..Message::of(command)
    }
}

/// 9011: whether the device takes `request`.
pub fn request_acknowledged(request: &Message, reply: RequestReply) -> Message {
    let items = vec![Item::of([Pair::new("QnRtn", reply.number().to_string())])];
    Message { items, ..acknowledged(request, Command::REQUEST_ACK) }
}

/// 9012: what became of `request`.
pub fn request_ended(request: &Message, result: ExecutionResult) -> Message {
    let items = vec![Item::of([Pair::new("ExeRtn", result.number().to_string())])];
    Message { items, ..acknowledged(request, Command::RESULT) }
}
