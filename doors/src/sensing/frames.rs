//! Frames of meters that a terminal passes on as they are.

use baotu_pack::sensing::{Meter, MeterProtocol};
use baotu_protocols::{cjt188, dlt645};
use baotu_vocabulary::{Moment, Quality, Sample};

use super::{Heard, PayloadRefused};

/// What a CJ/T 188 meter has counted, as a pack names it.
const ACCUMULATED: &str = "accumulated";

/// Reads the frames of a meter that arrived at `now`; meters tell no time that could be relied on.
///
/// # Errors
/// When there is no whole frame in it, or its checksum is wrong.
pub fn of_frame(meter: &Meter, bytes: &[u8], now: Moment) -> Result<Heard, PayloadRefused> {
    let mut heard = Heard::default();
    let mut rest = bytes;
    let mut frames = 0_usize;
    while !rest.is_empty() {
        let used = match meter.protocol {
            MeterProtocol::Dlt645 => dlt645::decode(rest).map(|decoded| {
                energy(meter, &dlt645::interpret(&decoded.frame), now, &mut heard);
                decoded.used_bytes
            }),
            MeterProtocol::Cjt188 => cjt188::decode(rest).map(|decoded| {
                volume(meter, &cjt188::interpret(&decoded.frame), now, &mut heard);
                decoded.used_bytes
            }),
        };
        match used {
            Ok(used) => {
                frames += 1;
                rest = rest.get(used..).unwrap_or_default();
            }
            // What stands behind the last frame is told, but it does not undo the frame.
            Err(refused) if frames > 0 => {
                heard.oddities.push(("bytes-after-frame", refused.to_string()));
                break;
            }
            Err(refused) => return Err(PayloadRefused::Shape(refused.to_string())),
        }
    }
    if frames == 0 {
        return Err(PayloadRefused::Shape("没有报文".to_owned()));
    }
    Ok(heard)
}

fn keep(meter: &Meter, item: &str, value: Option<f64>, now: Moment, heard: &mut Heard) {
    let declared = meter.values.iter().find(|value| value.item.eq_ignore_ascii_case(item));
    match declared.zip(value) {
        Some((declared, value)) => heard.samples.push(Sample::new(declared.property.clone(), now, value)),
        None => heard.oddities.push(("meter-value-unread", item.to_owned())),
    }
}

fn energy(meter: &Meter, reply: &dlt645::Reply, now: Moment, heard: &mut Heard) {
    match reply {
        dlt645::Reply::Value { identifier, value, .. } => {
            let number = match value {
                dlt645::Value::Quantity(quantity) => Some(quantity.number()),
                dlt645::Value::Time(_) | dlt645::Value::Raw(_) => None,
            };
            keep(meter, &format!("{identifier:?}"), number, now, heard);
        }
        dlt645::Reply::Error { error, .. } => {
            heard
                .oddities
                .push(("meter-error", error.map_or_else(String::new, |byte| format!("{byte:02X}"))));
        }
        dlt645::Reply::Address(_) | dlt645::Reply::Other => {
            heard.oddities.push(("no-reading", "不是读数报文".to_owned()));
        }
    }
}

fn volume(meter: &Meter, reply: &cjt188::Reply, now: Moment, heard: &mut Heard) {
    match reply {
        cjt188::Reply::Current(current) => {
            let is_cubic_metres = current.cumulative.unit == cjt188::VolumeUnit::CubicMetres;
            let number = current.cumulative.number().filter(|_| is_cubic_metres);
            keep(meter, ACCUMULATED, number, now, heard);
            if current.is_battery_low {
                heard.oddities.push(("battery-low", "电池电压低".to_owned()));
            }
            if current.valve == cjt188::Valve::Fault {
                heard.samples.iter_mut().for_each(|sample| sample.quality = Quality::Fault);
                heard.oddities.push(("valve-fault", "阀门故障".to_owned()));
            }
        }
        cjt188::Reply::Error { function, .. } => {
            heard.oddities.push(("meter-error", format!("{function:02X}")));
        }
        cjt188::Reply::Address(_) | cjt188::Reply::Raw { .. } | cjt188::Reply::Other => {
            heard.oddities.push(("no-reading", "不是读数报文".to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use baotu_pack::sensing::MeterValue;

    use super::*;

    fn meter(protocol: MeterProtocol, item: &str) -> Meter {
        Meter { protocol, values: vec![MeterValue { item: item.to_owned(), property: "total".into() }] }
    }

    fn bytes(hex: &str) -> Vec<u8> {
        hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).expect("hexadecimal")).collect()
    }

    fn read(meter: &Meter, hex: &str) -> Result<(Vec<f64>, Vec<&'static str>), &'static str> {
        let heard = of_frame(meter, &bytes(hex), Moment::default());
        let heard = heard.map_err(|refused| baotu_vocabulary::Refusal::code(&refused))?;
        let values = heard.samples.iter().map(|sample| sample.value).collect();
        Ok((values, heard.oddities.into_iter().map(|(code, _)| code).collect()))
    }

    #[test]
    fn the_replies_of_meters_are_readings() {
        // The vectors of DL/T 645-2007 and CJ/T 188 in the domain sheet, checksums verified there.
        let electricity = meter(MeterProtocol::Dlt645, "00010000");
        let reply = "68 12 90 78 56 34 12 68 91 08 33 33 34 33 89 67 45 33 54 16";
        assert_eq!(read(&electricity, reply), Ok((vec![1_234.56], vec![])));
        assert_eq!(
            read(&electricity, &format!("FE FE {reply} {reply}")),
            Ok((vec![1_234.56, 1_234.56], vec![]))
        );
        assert_eq!(
            read(&electricity, &format!("{reply} 00")),
            Ok((vec![1_234.56], vec!["bytes-after-frame"]))
        );
        let wrong = reply.replace("54 16", "55 16");
        assert_eq!(read(&electricity, &wrong), Err("message-shape"));
        let other = meter(MeterProtocol::Dlt645, "02010100");
        assert_eq!(read(&other, reply), Ok((vec![], vec!["meter-value-unread"])));
        let water = meter(MeterProtocol::Cjt188, ACCUMULATED);
        let reply = "FE FE FE 68 10 01 00 00 05 08 00 00 81 16 90 1F 00 00 23 01 00 2C 00 00 00 00 2C 00 00 00 00 00 \
                     00 00 00 00 48 16";
        assert_eq!(read(&water, reply), Ok((vec![123.0], vec![])));
        assert_eq!(of_frame(&water, &[], Moment::default()).map_err(|_| ()), Err(()));
    }
}
