//! HJ 212: what a message reports, and messages that came in packets.

use baotu_protocols::hj212::{
    Command, DataFlag, Item, Joined, Kind, Message, Pair, Report, Stamp, TimeMeaning, WAITING_BYTES_MAX,
    WAITING_MESSAGES_MAX, Waiting, read_segment, report,
};
use baotu_vocabulary::Moment;

use crate::vectors::stamp;

fn reported(command: &str, parameters: &str) -> Report {
    let segment = format!(
        "QN=20260301080000123;ST=32;CN={command};PW=246810;MN=A10000000000000000000B01;Flag=5;CP=&&{parameters}&&"
    );
    report(&read_segment(segment.as_bytes()).expect("as written here").0)
}

fn lines(report: &Report) -> String {
    let shown = |reading: &baotu_protocols::hj212::Reading| {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            reading.factor,
            reading.kind,
            reading.value,
            reading.number(),
            reading.flag,
            reading.maker_flag,
            reading.sample_time
        )
    };
    let mut lines: Vec<String> = vec![format!("{:?} {:?}", report.data_time, report.meaning)];
    lines.extend(report.readings.iter().map(shown));
    lines.extend(report.oddities.iter().map(|oddity| format!("{}@{}", oddity.kind.code(), oddity.at)));
    lines.join("\n")
}

#[test]
fn a_reading_has_factor_kind_value_flag_and_times() {
    let report = reported(
        "2011",
        "DataTime=20260301080000;w01018-SampleTime=20260301070000,w01018-Rtd=2.20,w01018-Flag=N,w01018-EFlag=A01;\
         w01001-Rtd=7.1,w01001-Flag=T",
    );
    assert_eq!(report.data_time, Some(stamp("20260301080000")));
    let [cod, ph] = report.readings.as_slice() else { panic!("{report:?}") };
    assert_eq!(
        (cod.factor.as_utf8(), &cod.kind, cod.value.as_utf8()),
        (Some("w01018"), &Kind::Rtd, Some("2.20"))
    );
    assert_eq!(cod.flag, Some(DataFlag::Normal));
    assert_eq!(cod.maker_flag.as_ref().and_then(|flag| flag.as_utf8()), Some("A01"));
    assert_eq!(cod.sample_time, Some(stamp("20260301070000")));
    assert_eq!((ph.number(), &ph.flag, ph.sample_time), (Some(7.1), &Some(DataFlag::OverRange), None));
    assert_eq!(report.oddities, []);
}

#[test]
fn every_kind_and_oddity_of_readings() {
    let parameters = [
        "DataTime=20260301080000;a21026-Min=1,a21026-Avg=2,a21026-Max=3,a21026-Cou=4,a21026-ZsMin=5,a21026-ZsAvg=6,a21026-ZsMax=7,a21026-ZsRtd=8,a21026-Flag=D",
        "DataTime=20260301080000;LA-Rtd=50.1;Leq-Data=51,Leq-DayData=52,Leq-NightData=53;L95-Rtd=1;SB1-RS=1;SB1-RT=24",
        "DataTime=20260301080000;w01018-Rtd=1;w01018-Flag=M;w01001-Rtd=2,w01009-Rtd=3,w01009-Flag=n",
        "DataTime=20260301080000;w01018-Rtd=1,w01018-Rtd=2,w01018-Flag=N,w01018-Flag=D;w01018-Rtd=3",
        "DataTime=20260301080000;01018-Rtd=1;PM25-RTD=75.0;w01018-Foo=x,w01018-Flag=P;a21-Avg=inf",
        "w01018-Flag=D;w01001-Rtd=-0.5e-3,w01001-SampleTime=20261301000000",
        "DataTime=20260301;w01001-Rtd=+.5",
    ];
    let told: Vec<String> =
        parameters.iter().map(|parameters| lines(&reported("2061", parameters))).collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn the_command_says_what_data_time_is_the_time_of() {
    for (command, meaning) in [
        ("2011", TimeMeaning::Instant),
        ("2021", TimeMeaning::Instant),
        ("2031", TimeMeaning::IntervalStart),
        ("2041", TimeMeaning::IntervalStart),
        ("2051", TimeMeaning::IntervalStart),
        ("2061", TimeMeaning::IntervalStart),
        ("2111", TimeMeaning::Unknown),
    ] {
        assert_eq!(reported(command, "DataTime=20260301080000").meaning, meaning, "{command}");
    }
}

#[test]
fn log_texts_keep_their_bytes_in_either_encoding() {
    let gb18030 = b"\xc7\xe5\xcf\xb4"; // 清洗
    for text in ["清洗；完成".as_bytes(), gb18030, b"a;b,c=d"] {
        let start = b"CN=3020;CP=&&DataTime=20260301080000;i11001-Info=//";
        let segment = [&start[..], text, b"//;i12001-Info=1&&"].concat();
        let report = report(&read_segment(&segment).expect("as written here").0);
        assert_eq!(report.readings.len(), 2, "{report:?}");
        assert_eq!(report.readings[0].value.bytes(), [b"//", text, b"//"].concat());
        assert_eq!(report.readings[0].value.as_utf8().is_some(), text != gb18030);
    }
}

/// Hour data of so many factors, and the packets that they are written in.
fn packets(factors: u32) -> (Message, Vec<Message>) {
    let time = Item::of([Pair::new("DataTime", "20260301080000")]);
    let factor = |number: u32| {
        let pair = |kind: &str, value: &str| Pair::new(format!("w{number:05}-{kind}"), value);
        Item::of([pair("Avg", "12.345"), pair("Min", "1.5"), pair("Max", "99.75"), pair("Flag", "N")])
    };
    let items = std::iter::once(time).chain((0..factors).map(factor)).collect();
    let segment = b"QN=20260301090000000;ST=32;CN=2061;PW=246810;MN=A10000000000000000000B01;Flag=5;CP=&&&&";
    let message = Message { items, ..read_segment(segment).expect("as written here").0 };
    let mut number = 0;
    let mut next = || {
        number += 1;
        Stamp::parse(format!("20260301090000{number:03}").as_bytes()).expect("as written here")
    };
    let packets = message.packets(&mut next).expect("as written here");
    (message, packets)
}

#[test]
fn a_long_message_goes_in_packets_and_comes_back_whole_in_any_order() {
    let (message, packets) = packets(60);
    assert!(packets.len() > 3);
    for packet in &packets {
        let segment = packet.encode_segment().expect("as written here");
        let (read, oddities) = read_segment(&segment).expect("as written here");
        assert_eq!((&read, oddities), (packet, Vec::new()));
        assert_eq!(read.time("DataTime"), Some(stamp("20260301080000")));
        assert!(read.flag.expect("as written here").has_packets() && read.wants_answer());
    }
    let numbers: std::collections::HashSet<_> =
        packets.iter().map(|packet| packet.request_id.clone()).collect();
    assert_eq!(numbers.len(), packets.len());
    let mut waiting = Waiting::new();
    let now = Moment::from_micros(0);
    let mut whole = None;
    for packet in packets.iter().rev() {
        assert_eq!(whole, None);
        match waiting.add(packet.clone(), now) {
            Joined::Whole(message) => whole = Some(message),
            Joined::Waits { total, .. } => {
                assert_eq!(total as usize, packets.len());
                assert_eq!(waiting.add(packet.clone(), now), Joined::Doubled);
            }
            other => panic!("{other:?}"),
        }
    }
    let whole = whole.expect("as written here");
    assert_eq!(whole, Message { request_id: whole.request_id.clone(), ..message });
    assert_eq!((waiting.len(), waiting.kept_bytes()), (0, 0));
}

#[test]
fn a_short_message_is_not_cut() {
    let (message, packets) = packets(3);
    assert_eq!(packets, std::slice::from_ref(&message));
    assert_eq!(Waiting::new().add(message.clone(), Moment::from_micros(0)), Joined::Whole(message));
}

#[test]
fn what_is_waited_for_is_bounded_and_given_up() {
    let (_, packets) = packets(60);
    let mut waiting = Waiting::new();
    for number in 0..WAITING_MESSAGES_MAX * 4 {
        let mut part = packets[0].clone();
        part.command =
            Command::new(u16::try_from(number).expect("as written here")).expect("as written here");
        waiting.add(part, Moment::from_micros(number as i64));
        assert!(waiting.len() <= WAITING_MESSAGES_MAX && waiting.kept_bytes() <= WAITING_BYTES_MAX);
    }
    assert_eq!(waiting.given_up(), WAITING_MESSAGES_MAX as u64 * 3);
    let kept = waiting.len();
    assert_eq!(waiting.give_up_before(Moment::from_micros(i64::MAX)), kept);
    assert!(waiting.is_empty() && waiting.kept_bytes() == 0);
    let mut large = packets[0].clone();
    large.items = vec![Item::of([Pair::new("a", "x".repeat(WAITING_BYTES_MAX))])];
    assert_eq!(waiting.add(large, Moment::from_micros(0)), Joined::TooLarge);
    let mut many = packets[0].clone();
    many.packet.as_mut().expect("as written here").total = 9999;
    assert_eq!(waiting.add(many, Moment::from_micros(0)), Joined::TooLarge);
    // Another total begins the message anew.
    waiting.add(packets[0].clone(), Moment::from_micros(0));
    let mut other = packets[1].clone();
    other.packet.as_mut().expect("as written here").total += 1;
    assert!(matches!(waiting.add(other, Moment::from_micros(0)), Joined::Waits { came: 1, .. }));
}
