//! HJ 212: frames whose checksums were computed from the standard's appendix, read and written back.

use baotu_protocols::hj212::{
    Command, DeviceId, EncodeRefused, ExecutionResult, Frame, History, Item, Judgement, Message, Order,
    OrderRefused, Pair, Password, Recipient, RequestReply, Splitter, Stamp, SystemCode, Version,
    acknowledged, judge, request_acknowledged, request_ended,
};

const UPLOAD: &str = "##0218QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;\
    CP=&&DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-SampleTime=20160801070000,w01018-Rtd=2.2,\
    w01018-Flag=N,w01018-EFlag=A01&&6E80";
const DATA_ACK: &str =
    "##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240";
const REQUEST_ACK: &str = "##0094QN=20160801085857223;ST=91;CN=9011;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&QnRtn=1&&1B00";
const RESULT: &str = "##0095QN=20160801085857223;ST=91;CN=9012;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&ExeRtn=1&&6240";
const PACKET: &str = "##0201QN=20160801085857534;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=1;\
    CP=&&DataTime=20160801080000;w00000-Cou=63.0,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N&&1980";
const AIR_2025: &str = "##0166QN=20260301080000123;ST=22;CN=2011;PW=123456;MN=3701020100000000000000A1;Flag=9;\
    CP=&&DataTime=20260301080000;a34004-Rtd=35,a34004-Flag=N;a34002-Rtd=58,a34002-Flag=N&&D4C1";
const SET_INTERVAL: &str = "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;\
    CP=&&RtdInterval=30&&1C80";

/// The one frame in a text.
pub(crate) fn accepted(text: &str) -> Message {
    match judge(&Frame::from_line(text.as_bytes())) {
        Judgement::Accept(message) => message,
        other => panic!("{text}: {other:?}"),
    }
}

pub(crate) fn stamp(digits: &str) -> Stamp {
    Stamp::parse(digits.as_bytes()).expect("as written here")
}

pub(crate) fn recipient() -> Recipient {
    Recipient {
        system: SystemCode::new("32").expect("as written here"),
        password: Password::new("100000"),
        device: DeviceId::new("010000A8900016F000169DC0").expect("as written here"),
        version: Version::V2017,
    }
}

fn written(message: &Message) -> String {
    String::from_utf8(message.encode().expect("as written here")).expect("as written here")
}

#[test]
fn each_vector_is_accepted_and_written_back_as_it_was() {
    for text in [UPLOAD, DATA_ACK, REQUEST_ACK, RESULT, PACKET, AIR_2025, SET_INTERVAL] {
        assert_eq!(written(&accepted(text)), format!("{text}\r\n"));
        let mut splitter = Splitter::new();
        let frames = splitter.feed(format!("{text}\r\n").as_bytes());
        assert_eq!(frames, [Frame::from_line(text.as_bytes())]);
    }
    assert_eq!(accepted(UPLOAD).version(), Version::V2017);
    assert_eq!(accepted(AIR_2025).version(), Version::V2025);
    assert_eq!(accepted(PACKET).packet.map(|packet| (packet.total, packet.number)), Some((2, 1)));
}

#[test]
fn answers_are_those_of_the_standard() {
    let upload = accepted(UPLOAD);
    assert_eq!(written(&acknowledged(&upload, Command::DATA_ACK)), format!("{DATA_ACK}\r\n"));
    assert_eq!(written(&request_acknowledged(&upload, RequestReply::Ready)), format!("{REQUEST_ACK}\r\n"));
    assert_eq!(written(&request_ended(&upload, ExecutionResult::Done)), format!("{RESULT}\r\n"));
}

#[test]
fn orders_are_those_of_the_standard() {
    let request = stamp("20160801085857223");
    let set =
        Order::SetRealtimeInterval { seconds: 30 }.message(&recipient(), request).expect("as written here");
    assert_eq!(written(&set), format!("{SET_INTERVAL}\r\n"));
    let factor = || "w01018".to_owned();
    let (begin, end) = (stamp("20160801000000"), stamp("20160801235959"));
    let orders = [
        Order::SetTimeouts { seconds: 5, retries: 3 },
        Order::Time { factor: None },
        Order::Time { factor: Some(factor()) },
        Order::SetTime { factor: None, time: begin },
        Order::SetTime { factor: Some(factor()), time: begin },
        Order::RealtimeInterval,
        Order::SetRealtimeInterval { seconds: 3600 },
        Order::MinuteInterval,
        Order::SetMinuteInterval { minutes: 10 },
        Order::SetPassword { password: Password::new("135791") },
        Order::StartRealtime,
        Order::StopRealtime,
        Order::StartState,
        Order::StopState,
        Order::History { of: History::Minutes, begin, end },
        Order::History { of: History::Hours, begin, end },
        Order::History { of: History::Days, begin, end },
        Order::History { of: History::RunTime, begin, end },
        Order::Calibrate { factor: factor() },
        Order::SampleNow { factor: factor() },
        Order::Clean { factor: factor() },
    ];
    let mut lines = Vec::new();
    for order in &orders {
        let message = order.message(&recipient(), request).expect("as written here");
        assert_eq!(accepted(&written(&message)), message);
        let told = written(&message);
        let at = told.find("CN=").expect("as written here");
        lines.push(told[at..].trim_end().replace(";PW=100000;MN=010000A8900016F000169DC0", ""));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_the_standard_does_not_allow_is_not_asked() {
    let refused = |order: Order| order.message(&recipient(), stamp("20160801085857223")).unwrap_err();
    assert_eq!(refused(Order::SetRealtimeInterval { seconds: 29 }), OrderRefused::Interval(29));
    assert_eq!(refused(Order::SetMinuteInterval { minutes: 7 }), OrderRefused::Interval(7));
    assert_eq!(refused(Order::SetPassword { password: Password::new("12345") }), OrderRefused::Password);
    assert_eq!(refused(Order::Calibrate { factor: "w01;CN=2012".to_owned() }), OrderRefused::Factor);
    let (begin, end) = (stamp("20160802000000"), stamp("20160801000000"));
    assert_eq!(refused(Order::History { of: History::Days, begin, end }), OrderRefused::Span);
}

#[test]
fn what_would_not_be_read_back_is_not_written() {
    let with =
        |pair: Pair| Message { items: vec![Item::of([pair])], ..Message::of(Command::REALTIME) }.encode();
    for (name, value) in [
        ("a-Rtd", "1;2"),
        ("a-Rtd", "1,2"),
        ("a-Rtd", "1&&"),
        ("a=b", "1"),
        ("", "1"),
        ("a-Rtd", " 1"),
        ("i-Info", "//a"),
        ("i-Info", "//a//b//"),
        ("i-Info", "//##12Q//"),
    ] {
        assert!(
            matches!(with(Pair::new(name, value)), Err(EncodeRefused::Separator { .. })),
            "{name}={value}"
        );
    }
    assert!(with(Pair::new("i-Info", "//one, two; three=4//")).is_ok());
    let long = "x".repeat(1000);
    assert_eq!(with(Pair::new("a", long.as_str())), Err(EncodeRefused::ParametersTooLong { bytes: 1006 }));
}

#[test]
fn passwords_and_keys_never_show() {
    let password = Password::new("135791");
    let order = Order::SetPassword { password };
    let message = order.message(&recipient(), stamp("20160801085857223")).expect("as written here");
    let bytes = message.encode().expect("as written here");
    let frame = Frame::from_line(&bytes);
    let judgement = judge(&frame);
    let mut splitter = Splitter::new();
    splitter.feed(&bytes[..bytes.len() - 6]);
    let key = Pair::new("NewSK", "135791");
    let shown =
        format!("{order:?} {message:?} {frame:?} {judgement:?} {splitter:?} {key:?} {:?}", recipient());
    assert!(!shown.contains("135791") && !shown.contains("100000"), "{shown}");
    assert!(shown.contains("NewPW"), "{shown}");
    // Nor when a separator is missing and the password lies in another field's value.
    for segment in [
        "QN=20160801085857223PW=135791;CN=2011;MN=1PW=135791;CP=&&&&",
        "ST=32PW=135791;CN=2011;CP=&&PW=135791&&",
        "CN=2011;APW=135791;RF=1PW=135791;CP=&&a=1;PW135791&&",
    ] {
        let read = baotu_protocols::hj212::read_segment(segment.as_bytes());
        let shown = format!("{read:?}");
        assert!(!shown.contains("135791"), "{shown}");
    }
}
