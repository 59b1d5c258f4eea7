//! DL/T 645 and CJ/T 188: frames whose checksums were verified, read and written; kept inputs and any bytes.

use baotu_protocols::{cjt188, dlt645};
use jiff::civil::{date, time};
use proptest::prelude::*;

use crate::corpus::inputs;

fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).expect("as written here")).collect()
}

/// A frame of DL/T 645 that replies with these data.
fn electric(control: u8, data: &[u8]) -> dlt645::Reply {
    let address = dlt645::MeterAddress::new("161").expect("as written here");
    dlt645::interpret(&dlt645::Frame { address, control, data: data.to_vec() })
}

#[test]
fn an_electricity_meter_is_asked_and_answers() {
    let address = dlt645::MeterAddress::new("161").expect("as written here");
    let request = dlt645::read_request(address, dlt645::Identifier::FORWARD_ENERGY);
    assert_eq!(request, bytes("68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16"));
    for (hex, meter, kwh, text) in [
        ("68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16", "000000000161", 26, 0.26),
        (
            "FE FE FE FE 68 12 90 78 56 34 12 68 91 08 33 33 34 33 89 67 45 33 54 16",
            "123456789012",
            123_456,
            1234.56,
        ),
    ] {
        let decoded = dlt645::decode(&bytes(hex)).expect("as written here");
        assert_eq!((decoded.skipped_bytes, decoded.used_bytes), (0, bytes(hex).len()));
        assert_eq!(decoded.frame.address.to_string(), meter);
        let reply = dlt645::interpret(&decoded.frame);
        let dlt645::Reply::Value { identifier, value: dlt645::Value::Quantity(quantity), has_more: false } =
            reply
        else {
            panic!("{reply:?}")
        };
        assert_eq!(identifier, dlt645::Identifier::FORWARD_ENERGY);
        assert_eq!(
            (quantity.digits, quantity.decimals, quantity.unit),
            (kwh, 2, dlt645::Unit::KilowattHours)
        );
        assert!((quantity.number() - text).abs() < 1e-9);
    }
    assert_eq!(dlt645::decode(&dlt645::with_preamble(&request)).expect("as written here").skipped_bytes, 0);
    let asked = dlt645::decode(&dlt645::address_request()).expect("as written here").frame;
    assert_eq!((asked.control, asked.address), (0x13, dlt645::MeterAddress::ANY));
}

#[test]
fn each_known_value_has_its_decimals_and_unit_and_others_their_bytes() {
    let told = [
        electric(0x91, &[0x00, 0x01, 0x01, 0x02, 0x15, 0x22]),
        electric(0x91, &[0x00, 0x01, 0x02, 0x02, 0x34, 0x12, 0x00]),
        electric(0x91, &[0x00, 0x00, 0x03, 0x02, 0x56, 0x34, 0x12]),
        electric(0x91, &[0x02, 0x01, 0x00, 0x04, 0x59, 0x30, 0x23]),
        electric(0x91, &[0x02, 0x01, 0x00, 0x04, 0x59, 0x30, 0x24]),
        electric(0x91, &[0x00, 0x01, 0x01, 0x02, 0xFF, 0xFF]),
        electric(0x91, &[0x00, 0x01, 0x01, 0x02, 0x15]),
        electric(0x91, &[0x99, 0x88, 0x77, 0x66, 0x01]),
        electric(0xB1, &[0x00, 0x00, 0x01, 0x00, 0x01, 0x02, 0x03, 0x04]),
        electric(0xD1, &[0x02]),
        electric(0xD1, &[]),
        electric(0x93, &[0x61, 0x01, 0, 0, 0, 0]),
        electric(0x93, &[0x61]),
        electric(0x11, &[0x00, 0x00, 0x01, 0x00]),
        electric(0x94, &[]),
    ];
    assert!(
        matches!(&told[3], dlt645::Reply::Value { value: dlt645::Value::Time(at), .. } if *at == time(23, 30, 59, 0))
    );
    insta::assert_snapshot!(told.map(|reply| format!("{reply:?}")).join("\n"));
}

#[test]
fn a_water_meter_is_asked_in_either_order_and_answers() {
    use cjt188::{Identifier, MeterAddress, MeterType, WireOrder};
    let request = cjt188::read_request(MeterType::COLD_WATER, MeterAddress::ANY, WireOrder::HighFirst, 1);
    assert_eq!(request, bytes("68 10 AA AA AA AA AA AA AA 01 03 90 1F 01 D2 16"));
    let low_first = cjt188::read_request(MeterType::COLD_WATER, MeterAddress::ANY, WireOrder::LowFirst, 1);
    assert_eq!(low_first, bytes("68 10 AA AA AA AA AA AA AA 01 03 1F 90 01 D2 16"));
    assert_eq!(Identifier::read([0x1F, 0x90]), (Identifier::CURRENT, WireOrder::LowFirst));
    assert_eq!(Identifier::read([0x12, 0x34]), (Identifier(0x1234), WireOrder::HighFirst));

    let reply = bytes(
        "FE FE FE 68 10 01 00 00 05 08 00 00 81 16 90 1F 00 00 23 01 00 2C 00 00 00 00 2C 00 00 00 00 00 00 00 00 00 48 16",
    );
    let decoded = cjt188::decode(&reply).expect("as written here");
    assert_eq!((decoded.skipped_bytes, decoded.used_bytes), (0, reply.len()));
    assert_eq!(decoded.frame.meter_type.medium(), cjt188::Medium::Water);
    assert_eq!(decoded.frame.address.to_string(), "00000805000001");
    let cjt188::Reply::Current(current) = cjt188::interpret(&decoded.frame) else { panic!("{decoded:?}") };
    assert_eq!(current.cumulative.hundredths, Some(12_300));
    assert_eq!(current.cumulative.number(), Some(123.0));
    assert_eq!(current.cumulative.unit, cjt188::VolumeUnit::CubicMetres);
    assert_eq!((current.time, current.valve, current.is_battery_low), (None, cjt188::Valve::Open, false));
}

#[test]
fn a_valve_is_opened_and_closed() {
    use cjt188::{MeterAddress, MeterType, ValveMove, WireOrder, valve_command};
    let address = MeterAddress::from_bytes([0x01, 0x13, 0x12, 0x19, 0, 0, 0]);
    let command = |valve| valve_command(MeterType::COLD_WATER, address, WireOrder::HighFirst, 1, valve);
    assert_eq!(command(ValveMove::Open), bytes("68 10 01 13 12 19 00 00 00 04 04 A0 17 01 55 CC 16"));
    assert_eq!(
        cjt188::decode(&command(ValveMove::Close)).expect("as written here").frame.data,
        [0xA0, 0x17, 1, 0x99]
    );
}

#[test]
fn status_clock_and_unknown_values_are_read_as_sent() {
    let replies = inputs("cjt188");
    let mut lines = Vec::new();
    for (name, bytes) in replies {
        let told = cjt188::decode(&bytes).map(|decoded| cjt188::interpret(&decoded.frame));
        if name == "low-first" {
            let Ok(cjt188::Reply::Current(current)) = &told else { panic!("{told:?}") };
            assert_eq!(current.time, Some(date(2026, 3, 1).at(9, 15, 30, 0)));
            assert_eq!((current.valve, current.is_battery_low), (cjt188::Valve::Closed, true));
        }
        lines.push(format!("{name}: {told:?}"));
    }
    for (name, bytes) in inputs("dlt645") {
        let told =
            dlt645::decode(&bytes).map(|decoded| (decoded.skipped_bytes, dlt645::interpret(&decoded.frame)));
        lines.push(format!("{name}: {told:?}"));
    }
    // The longest is not worth reading to its end.
    let shown: Vec<String> = lines.iter().map(|line| line.chars().take(400).collect()).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

/// Whatever the bytes are, this must not fail.
fn pass_through_meters(bytes: &[u8]) {
    let used = match dlt645::decode(bytes) {
        Ok(decoded) => {
            dlt645::interpret(&decoded.frame);
            let written = dlt645::encode(&decoded.frame).expect("as written here");
            assert!(bytes[..decoded.used_bytes].ends_with(&written));
            decoded.used_bytes
        }
        Err(
            dlt645::Refused::Incomplete { unused_bytes }
            | dlt645::Refused::ChecksumWrong { unused_bytes, .. },
        ) => unused_bytes,
    };
    assert!(used <= bytes.len());
    let used = match cjt188::decode(bytes) {
        Ok(decoded) => {
            cjt188::interpret(&decoded.frame);
            let written = cjt188::encode(&decoded.frame).expect("as written here");
            assert!(bytes[..decoded.used_bytes].ends_with(&written));
            decoded.used_bytes
        }
        Err(
            cjt188::Refused::Incomplete { unused_bytes }
            | cjt188::Refused::ChecksumWrong { unused_bytes, .. },
        ) => unused_bytes,
    };
    assert!(used <= bytes.len());
}

#[test]
fn kept_inputs_pass_through_from_any_byte_on() {
    for (_, bytes) in inputs("dlt645").into_iter().chain(inputs("cjt188")) {
        for at in 0..=bytes.len() {
            pass_through_meters(&bytes[at..]);
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_meter_parser_fail(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        pass_through_meters(&bytes);
    }

    #[test]
    fn a_changed_kept_meter_frame_does_no_harm(
        index in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), lost in 0_usize..8,
    ) {
        let all: Vec<Vec<u8>> =
            inputs("dlt645").into_iter().chain(inputs("cjt188")).map(|(_, bytes)| bytes).collect();
        let mut bytes = index.get(&all).clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.drain(at..(at + lost).min(bytes.len()));
        pass_through_meters(&bytes);
    }

    #[test]
    fn meters_read_back_what_is_written(
        address in "[0-9]{1,12}", control in any::<u8>(), data in prop::collection::vec(any::<u8>(), 0..256),
        meter_type in 0x10_u8..0x4A, preamble in 0_usize..5,
    ) {
        let wake = vec![0xFE; preamble];
        let electric = dlt645::Frame { address: dlt645::MeterAddress::new(&address).expect("as written here"), control, data: data.clone() };
        let bytes = [wake.clone(), dlt645::encode(&electric).expect("as written here")].concat();
        let decoded = dlt645::decode(&bytes).expect("as written here");
        prop_assert_eq!(decoded.frame, electric);
        let water = cjt188::Frame {
            meter_type: cjt188::MeterType(meter_type),
            address: cjt188::MeterAddress::new(&address).expect("as written here"),
            control,
            data,
        };
        let bytes = [wake, cjt188::encode(&water).expect("as written here")].concat();
        let decoded = cjt188::decode(&bytes).expect("as written here");
        prop_assert_eq!(decoded.frame, water);
    }

    #[test]
    fn meter_frames_are_found_one_after_another(
        frames in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), any::<bool>()), 1..6),
    ) {
        let address = dlt645::MeterAddress::new("161").expect("digits");
        let made = frames.into_iter().map(|(data, wakes)| (dlt645::Frame { address, control: 0x91, data }, wakes));
        let made: Vec<_> = made.collect();
        let mut stream = Vec::new();
        for (frame, wakes) in &made {
            let bytes = dlt645::encode(frame).expect("at most 255 bytes of data");
            stream.extend(if *wakes { dlt645::with_preamble(&bytes) } else { bytes });
        }
        let mut rest = &stream[..];
        for (frame, _) in &made {
            let decoded = dlt645::decode(rest).expect("a whole frame");
            prop_assert_eq!(&decoded.frame, frame);
            prop_assert_eq!(decoded.skipped_bytes, 0);
            rest = &rest[decoded.used_bytes..];
        }
        prop_assert!(rest.is_empty());
    }
}
