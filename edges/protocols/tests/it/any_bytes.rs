//! HJ 212: any bytes, and streams chopped anywhere: nothing fails, memory stays bounded, and what is written is read back.

use baotu_protocols::hj212::{
    BUFFER_BYTES_MAX, Command, DeviceId, Flag, Frame, Item, Judgement, Message, ODDITIES_MAX, Packet, Pair,
    Password, RequestId, Splitter, SystemCode, Tally, Version, frame, judge, platform_hears, report,
};
use proptest::prelude::*;

use crate::corpus::inputs;

/// Bytes of the flood that must not be kept.
const FLOOD_BYTES: usize = 1024 * 1024;

fn cut(chunks: &[&[u8]]) -> (Vec<Frame>, Tally) {
    let mut splitter = Splitter::new();
    let mut frames = Vec::new();
    for chunk in chunks {
        frames.extend(splitter.feed(chunk));
        assert!(splitter.kept_bytes() <= BUFFER_BYTES_MAX);
    }
    frames.extend(splitter.finish());
    assert_eq!(splitter.kept_bytes(), 0);
    (frames, splitter.tally())
}

/// Whatever the bytes are, this must not fail.
fn pass_through_hj212(bytes: &[u8], at: usize) {
    let whole = cut(&[bytes]);
    let (front, back) = bytes.split_at(at.min(bytes.len()));
    assert_eq!(cut(&[front, back]), whole);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(cut(&single), whole);
    for frame in whole.0.iter().chain([&Frame::from_line(bytes)]) {
        let judgement = judge(frame);
        assert!(judgement.oddities().len() <= ODDITIES_MAX);
        assert!(judgement.oddities().iter().all(|oddity| oddity.at <= frame.segment().len()));
        assert!(!matches!(&judgement, Judgement::Flag(_, oddities) if oddities.is_empty()));
        let answer = platform_hears(&judgement, &[]).answer;
        if let Some(answer) = &answer {
            let bytes = answer.encode().unwrap_or_default();
            assert!(bytes.is_empty() || judge(&Frame::from_line(&bytes)).message().is_some(), "{answer:?}");
        }
        if let Some(message) = judgement.message() {
            let report = report(message);
            assert!(report.readings.len() + report.others.len() <= message.pairs().count());
        }
    }
}

#[test]
fn kept_inputs_pass_through_wherever_they_are_chopped() {
    for (_, bytes) in inputs("hj212") {
        for at in 0..=bytes.len().min(300) {
            pass_through_hj212(&bytes, at);
        }
    }
}

#[test]
fn a_flood_is_not_kept() {
    let whole = "##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n";
    for pattern in
        ["x", "#", "##", "##1", "##1000A", "##9999QN=;", "##9999A\n", "##9999AFFFF\n", "&&", "\r\n", "0"]
    {
        let mut splitter = Splitter::new();
        let flood: Vec<u8> = pattern.bytes().cycle().take(FLOOD_BYTES).collect();
        for chunk in flood.chunks(64 * 1024) {
            let frames = splitter.feed(chunk);
            assert!(frames.len() <= chunk.len() / 4 && splitter.kept_bytes() <= BUFFER_BYTES_MAX);
        }
        // What comes after the flood is found: at once, or when the frame that the flood seemed to begin has ended.
        let mut frames = splitter.feed(whole.as_bytes());
        frames.extend(splitter.feed(whole.as_bytes()));
        let last = frames.last().unwrap_or_else(|| panic!("{pattern}: {splitter:?}"));
        assert!(matches!(judge(last), Judgement::Accept(_)), "{pattern}");
    }
    // A frame that never ends, with what may seem to end it.
    let fillings = ["x", "\n", " \n", "\r", "FFFF\n", "&&\n", "CP=&&\n", "i-Info=//", "&", "##"];
    for (head, filling) in ["##9999QN=", "##99999QN=", "##QN=", "##0001QN="]
        .iter()
        .flat_map(|head| fillings.map(|filling| (head, filling)))
    {
        let mut splitter = Splitter::new();
        splitter.feed(head.as_bytes());
        let flood: Vec<u8> = filling.bytes().cycle().take(FLOOD_BYTES).collect();
        for chunk in flood.chunks(4 * 1024) {
            for frame in splitter.feed(chunk) {
                judge(&frame);
            }
            assert!(splitter.kept_bytes() <= BUFFER_BYTES_MAX);
        }
    }
    let mut open = b"##9999QN=".to_vec();
    open.resize(FLOOD_BYTES, b'x');
    let mut splitter = Splitter::new();
    assert_eq!(splitter.feed(&open).len(), 0);
    assert!(splitter.kept_bytes() <= BUFFER_BYTES_MAX);
    assert_eq!(splitter.tally().endless_frames, 1);
    splitter.finish();
    assert_eq!(splitter.tally().skipped_bytes, FLOOD_BYTES as u64);
}

/// Bytes that look like HJ 212, in part.
fn nearly_hj212() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![
            "##", "0087", "QN=20160801085857223", ";", ",", "=", "ST=32", "CN=2011", "PW=123456", "MN=A1", "Flag=5",
            "PNUM=2", "PNO=1", "CP=&&", "&&", "DataTime=20160801080000", "w01018-Rtd=1", "-Flag", "-Info=//", "//",
            "\r\n", "\n", "FFFF", "3240", "#", " ", "清",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..6),
        1 => message().prop_map(|message| message.encode().expect("as written here")),
    ];
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

fn pair() -> impl Strategy<Value = Pair> {
    let name = prop_oneof!["[a-z][0-9]{5}-(Rtd|Avg|Flag|EFlag)", "[A-Za-z]{1,12}"];
    let value = prop_oneof!["[0-9.+-]{0,8}", "[^;,&#\\s\\x00-\\x1F]{0,12}"];
    let pair = (name, value).prop_filter("a log text has a shape of its own", |(name, value)| {
        !name.to_ascii_uppercase().ends_with("-INFO") && !value.starts_with("//")
    });
    let log = "//[^/&#\\r\\n]{0,20}//".prop_map(|text| Pair::new("i11001-Info", text));
    prop_oneof![6 => pair.prop_map(|(name, value)| Pair::new(name, value)), 1 => log]
}

fn message() -> impl Strategy<Value = Message> {
    let item = prop::collection::vec(pair(), 1..4).prop_map(Item::of);
    let items = prop::collection::vec(item, 0..5);
    let packet =
        (1_u32..10_000).prop_flat_map(|total| (1..=total).prop_map(move |number| Packet { total, number }));
    let front = (
        prop::option::of("[0-9]{17}"),
        prop::option::of("[0-9A-Z]{2}"),
        0_u16..10_000,
        prop::option::of("[A-Za-z0-9]{0,8}"),
        prop::option::of("[0-9A-F]{1,24}"),
        prop::option::of(any::<u8>()),
        prop::option::of(packet),
    );
    (front, items).prop_map(|((request, system, command, password, device, flag, packet), items)| Message {
        request_id: request.and_then(|text| RequestId::new(&text)),
        system: system.and_then(|text| SystemCode::new(&text)),
        password: password.map(Password::new),
        device: device.and_then(|text| DeviceId::new(&text)),
        flag: flag.map(Flag),
        packet,
        items,
        ..Message::of(Command::new(command).expect("as written here"))
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_fail(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0_usize..400) {
        pass_through_hj212(&bytes, at);
    }

    #[test]
    fn nothing_like_hj212_makes_it_fail(bytes in nearly_hj212(), at in 0_usize..600) {
        pass_through_hj212(&bytes, at);
    }

    #[test]
    fn a_changed_kept_input_does_no_harm(
        index in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), lost in 0_usize..8,
    ) {
        let all: Vec<Vec<u8>> = inputs("hj212").into_iter().map(|(_, bytes)| bytes).collect();
        let mut bytes = index.get(&all).clone();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.drain(at..(at + lost).min(bytes.len()));
        }
        pass_through_hj212(&bytes, bytes.len() / 2);
    }

    #[test]
    fn what_is_written_is_read_back(message in message()) {
        let bytes = message.encode().expect("as written here");
        let judgement = judge(&Frame::from_line(&bytes));
        prop_assert_eq!(judgement.message(), Some(&message), "{:?}", judgement);
    }

    #[test]
    fn frames_are_found_among_rubbish_wherever_the_stream_is_chopped(
        parts in prop::collection::vec(("[^#]{0,40}", message()), 1..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        line_end in any::<bool>(),
    ) {
        let mut stream = Vec::new();
        for (rubbish, message) in &parts {
            stream.extend_from_slice(rubbish.as_bytes());
            let bytes = message.encode().expect("as written here");
            stream.extend_from_slice(if line_end { &bytes } else { bytes.trim_ascii_end() });
        }
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        places.extend([0, stream.len()]);
        places.sort_unstable();
        let chunks: Vec<&[u8]> = places.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
        let (frames, tally) = cut(&chunks);
        let read: Vec<Message> = frames.iter().filter_map(|frame| judge(frame).message().cloned()).collect();
        let sent: Vec<Message> = parts.iter().map(|(_, message)| message.clone()).collect();
        prop_assert_eq!(read, sent);
        prop_assert_eq!(tally.half_frames, 0);
    }

    #[test]
    fn a_half_frame_costs_only_itself(first in message(), second in message(), kept in any::<prop::sample::Index>()) {
        let bytes = first.encode().expect("as written here");
        let half = &bytes[..kept.index(bytes.len() - 6)];
        let (frames, _) = cut(&[half, &second.encode().expect("as written here")]);
        let last = frames.last().map(judge);
        prop_assert_eq!(last.as_ref().and_then(Judgement::message), Some(&second));
    }

    #[test]
    fn a_changed_byte_is_noticed(message in message(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let segment = message.encode_segment().expect("as written here");
        let mut changed = segment.clone();
        changed[at.index(segment.len())] ^= 1 << bit;
        let checksum = frame(&segment);
        let line = [&frame(&changed)[..6 + changed.len()], &checksum[6 + segment.len()..]].concat();
        let is_accepted = judge(&Frame::from_line(&line)).message().is_some();
        prop_assert!(!is_accepted);
    }

    #[test]
    fn a_flag_keeps_its_bits(number in any::<u8>()) {
        let flag = Flag(number);
        prop_assert_eq!(Flag::new(flag.version(), flag.has_packets(), flag.wants_answer()), flag);
        prop_assert!(!matches!(flag.version(), Version::Other(0..=2)));
    }
}
