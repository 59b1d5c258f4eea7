//! HJ 212: who must say what to whom.

use baotu_protocols::hj212::{
    Asked, Command, DeviceId, ExecutionResult, Flag, Frame, History, Judgement, Knows, Meaning, Message,
    Order, Password, RequestReply, SystemCode, Version, acknowledged, device_hears, frame, judge,
    platform_hears, request_acknowledged, request_ended,
};

use crate::vectors::{accepted, recipient, stamp};

fn heard(segment: &str, asked: &[Asked]) -> (Meaning, Option<Message>) {
    let step = platform_hears(&judge(&Frame::from_line(&frame(segment.as_bytes()))), asked);
    (step.meaning, step.answer)
}

fn said(command: u16, flag: u8, parameters: &str) -> String {
    format!(
        "QN=20260301090000001;ST=32;CN={command};PW=100000;MN=010000A8900016F000169DC0;Flag={flag};CP=&&{parameters}&&"
    )
}

#[test]
fn uploads_are_acknowledged_when_they_want_it_and_notices_always() {
    let table = [
        (2011, 5, Some(Command::DATA_ACK), Meaning::Upload),
        (2011, 4, None, Meaning::Upload),
        (2051, 9, Some(Command::DATA_ACK), Meaning::Upload),
        (2081, 1, Some(Command::DATA_ACK), Meaning::Upload),
        (3020, 5, Some(Command::DATA_ACK), Meaning::Upload),
        (1013, 5, Some(Command::NOTICE_ACK), Meaning::Notice),
        (9015, 8, Some(Command::NOTICE_ACK), Meaning::Notice),
        (9013, 5, None, Meaning::Unasked),
        (9014, 5, None, Meaning::Unasked),
    ];
    for (command, flag, answer, meaning) in table {
        let (told, sent) = heard(&said(command, flag, ""), &[]);
        assert_eq!((told, sent.as_ref().map(|message| message.command)), (meaning, answer), "{command}");
        if let Some(sent) = sent {
            assert_eq!(sent.system, Some(SystemCode::INTERACTION));
            assert_eq!(sent.request_id.expect("as written here").as_str(), "20260301090000001");
            assert_eq!(sent.flag.map(Flag::wants_answer), Some(false));
            assert_eq!(sent.flag.map(Flag::version), Some(Flag(flag).version()));
        }
    }
}

#[test]
fn what_fails_its_checksum_is_dropped_in_silence() {
    let mut bytes = frame(said(2011, 5, "DataTime=20260301080000").as_bytes());
    bytes[20] ^= 1;
    let judgement = judge(&Frame::from_line(&bytes));
    assert!(matches!(judgement, Judgement::Refuse(..)));
    let step = platform_hears(&judgement, &[]);
    assert_eq!((step.meaning, step.answer), (Meaning::Nothing, None));
    let password = Password::new("100000");
    let device = recipient().device;
    let knows = Knows { password: &password, device: &device, systems: &[], commands: &[] };
    assert_eq!(device_hears(&judgement, &knows), None);
}

#[test]
fn a_question_is_taken_answered_with_data_and_ended() {
    let request = stamp("20260301090000000");
    let (begin, end) = (stamp("20260301080000"), stamp("20260301085000"));
    let order = Order::History { of: History::Minutes, begin, end };
    let question = order.message(&recipient(), request).expect("as written here");
    let asked = [order.asked(&recipient(), request).expect("as written here")];
    let id = asked[0].request_id.clone();
    let hears = |message: &Message| {
        let step =
            platform_hears(&judge(&Frame::from_line(&message.encode().expect("as written here"))), &asked);
        assert_eq!(step.answer, None);
        step.meaning
    };
    assert_eq!(
        hears(&request_acknowledged(&question, RequestReply::Ready)),
        Meaning::Taken(id.clone(), RequestReply::Ready)
    );
    // By content, since a packet has its own QN; data of another time are the device's own account.
    let within = heard(&said(2051, 5, "DataTime=20260301081000"), &asked);
    assert_eq!(within.0, Meaning::DataFor(id.clone()));
    assert_eq!(within.1.expect("as written here").command, Command::DATA_ACK);
    assert_eq!(heard(&said(2051, 5, "DataTime=20260301090000"), &asked).0, Meaning::Upload);
    let noted = acknowledged(&question, Command::NOTICE_ACK);
    assert_eq!(hears(&noted), Meaning::Noted(id.clone()));
    assert_eq!(
        hears(&request_ended(&question, ExecutionResult::NoData)),
        Meaning::Ended(id, ExecutionResult::NoData)
    );
    let other =
        Message { device: DeviceId::new("ANOTHER"), ..request_ended(&question, ExecutionResult::Done) };
    assert_eq!(hears(&other), Meaning::Unasked);
    let odd = accepted(
        &String::from_utf8(
            request_ended(&question, ExecutionResult::Other(7)).encode().expect("as written here"),
        )
        .expect("as written here"),
    );
    assert!(matches!(hears(&odd), Meaning::Ended(_, ExecutionResult::Other(7))));
}

#[test]
fn a_device_tells_why_it_does_not_take_a_request() {
    let (password, device) = (Password::new("100000"), recipient().device);
    let systems = [SystemCode::new("32").expect("as written here")];
    let commands = [Command::TIME, Command::REALTIME];
    let knows = Knows { password: &password, device: &device, systems: &systems, commands: &commands };
    let good = Order::Time { factor: None }
        .message(&recipient(), stamp("20260301090000000"))
        .expect("as written here");
    let reply = |message: Message| {
        let segment = message.encode_segment().expect("as written here");
        device_hears(&judge(&Frame::from_line(&frame(&segment))), &knows).map(RequestReply::number)
    };
    assert_eq!(reply(good.clone()), Some(1));
    assert_eq!(reply(Message { password: Some(Password::new("999999")), ..good.clone() }), Some(3));
    assert_eq!(reply(Message { device: None, ..good.clone() }), Some(4));
    assert_eq!(reply(Message { system: SystemCode::new("22"), ..good.clone() }), Some(5));
    assert_eq!(
        reply(Message { flag: Some(Flag::new(Version::Other(9), false, true)), ..good.clone() }),
        Some(6)
    );
    assert_eq!(reply(Message { request_id: None, ..good.clone() }), Some(7));
    assert_eq!(reply(Message { command: Command::CALIBRATE, ..good }), Some(8));
}

#[test]
fn results_keep_their_numbers() {
    for number in (0..12).chain([100, 101]) {
        assert_eq!(RequestReply::from_number(number).number(), number);
        assert_eq!(ExecutionResult::from_number(number).number(), number);
    }
}
