//! Devices that speak MQTT.

use std::time::Duration;

use anyhow::Context;
use baotu_protocols::{cjt188, dlt645};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};

use super::fleet::{Device, Fault, Kind};
use super::http::plain;
use super::{Said, Shared};

/// Seconds between two signs of life.
const KEEP_ALIVE: Duration = Duration::from_secs(300);
/// Messages that wait for the line.
const QUEUE: usize = 16;

/// Connects and reports until the connection is lost.
pub(super) async fn connect(device: &Device, shared: &Shared) -> anyhow::Result<()> {
    let Some(address) = shared.addresses.mqtt else { return std::future::pending().await };
    let mut options = MqttOptions::new(&device.code, address.ip().to_string(), address.port());
    options.set_credentials(&device.code, device.known_secret());
    options.set_keep_alive(KEEP_ALIVE);
    options.set_clean_session(true);
    let (client, mut line) = AsyncClient::new(options, QUEUE);
    let commands = format!("things/{}/commands", device.code);
    client.try_subscribe(&commands, QoS::AtLeastOnce)?;
    let mut at = device.next_report(shared.now());
    let mut sent = 0_usize;
    loop {
        tokio::select! {
            event = line.poll() => match event.context("the line")? {
                Event::Incoming(Packet::Publish(publish)) if publish.topic == commands => {
                    obey(device, shared, &client, &publish.payload)?;
                }
                Event::Incoming(Packet::PubAck(_)) if device.fault == Fault::Flapping => {
                    sent = sent.saturating_sub(1);
                    if sent == 0 {
                        client.try_disconnect()?;
                    }
                }
                _ => {}
            },
            is_time = shared.wait(at) => {
                if is_time {
                    sent += report(device, shared, &client, at)?;
                    at = device.next_report(shared.now());
                }
            }
        }
    }
}

/// Sends what is measured at a moment; how many messages.
fn report(device: &Device, shared: &Shared, client: &AsyncClient, at: i64) -> anyhow::Result<usize> {
    let said = device.says(at, &shared.zone);
    let (what, mut message) = message(device, &said);
    if device.fault == Fault::Spoilt {
        message.truncate(message.len() / 2);
    }
    // One that is set up wrongly writes to its neighbour's topic.
    let code = if device.fault == Fault::Foreign { "3701-JG-00001" } else { &device.code };
    for _ in 0..device.times() {
        client.try_publish(format!("things/{code}/{what}"), QoS::AtLeastOnce, false, message.clone())?;
    }
    Ok(device.times())
}

/// The topic's last level and the message, in the words of the device's type.
fn message(device: &Device, said: &Said) -> (&'static str, Vec<u8>) {
    let value =
        |name: &str| said.values.iter().find(|(property, _)| *property == name).and_then(|(_, value)| *value);
    match device.kind {
        Kind::Cover => {
            let level = value("well-level").map(|metres| metres * 1_000.0);
            let data = json!({ "angle": value("tilt"), "level_mm": level, "vbat": value("battery") });
            let message = json!({ "ts": said.at.micros().div_euclid(1_000), "data": data });
            ("readings", message.to_string().into_bytes())
        }
        Kind::WaterMeter => ("frames", water_frame(value("water-total").unwrap_or_default())),
        Kind::PowerMeter => ("frames", power_frame(value("energy-total").unwrap_or_default())),
        _ => ("readings", plain(said).to_string().into_bytes()),
    }
}

/// Four bytes of BCD in hundredths, the lowest first.
fn bcd(value: f64) -> [u8; 4] {
    let mut hundredths = (value * 100.0).round().clamp(0.0, 99_999_999.0) as u32;
    [(); 4].map(|()| {
        let pair = hundredths % 100;
        hundredths /= 100;
        (((pair / 10) << 4) | (pair % 10)) as u8
    })
}

/// The reply of a water meter (CJ/T 188): accumulated and settled volume, clock, status.
fn water_frame(total: f64) -> Vec<u8> {
    const CUBIC_METRES: u8 = 0x2C;
    let mut data = vec![0x90, 0x1F, 0x00];
    data.extend(bcd(total));
    data.push(CUBIC_METRES);
    data.extend([0; 4]);
    data.push(CUBIC_METRES);
    data.extend([0; 9]);
    let address = cjt188::MeterAddress::from_bytes([1, 0, 0, 5, 8, 0, 0]);
    let frame = cjt188::Frame { meter_type: cjt188::MeterType(0x10), address, control: 0x81, data };
    cjt188::encode(&frame).unwrap_or_default()
}

/// The reply of an electricity meter (DL/T 645-2007): total forward active energy.
fn power_frame(total: f64) -> Vec<u8> {
    let mut data = dlt645::Identifier::FORWARD_ENERGY.0.to_le_bytes().to_vec();
    data.extend(bcd(total));
    let address = dlt645::MeterAddress::from_bytes([0x12, 0x90, 0x78, 0x56, 0x34, 0x12]);
    dlt645::encode(&dlt645::Frame { address, control: 0x91, data }).unwrap_or_default()
}

/// Does what a command says and tells so.
fn obey(device: &Device, shared: &Shared, client: &AsyncClient, command: &[u8]) -> anyhow::Result<()> {
    let command: Value = serde_json::from_slice(command).context("a command")?;
    if command["name"] == "report-now" {
        report(device, shared, client, shared.now())?;
    }
    // A battery-driven cover is not always able to.
    let ok = device.fault != Fault::Probe;
    let result = json!({ "id": command["id"], "ok": ok, "result": { "said": if ok { "已执行" } else { "执行失败" } } });
    let topic = format!("things/{}/results", device.code);
    client.try_publish(topic, QoS::AtLeastOnce, false, result.to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frames_of_meters_are_read_as_what_was_put_in() {
        let frame = dlt645::decode(&power_frame(1_234.56)).expect("a frame").frame;
        let dlt645::Reply::Value { value: dlt645::Value::Quantity(energy), .. } = dlt645::interpret(&frame)
        else {
            panic!("no quantity: {frame:?}");
        };
        assert!((energy.number() - 1_234.56).abs() < 1e-9);
        let frame = cjt188::decode(&water_frame(123.0)).expect("a frame").frame;
        let cjt188::Reply::Current(current) = cjt188::interpret(&frame) else { panic!("no data: {frame:?}") };
        assert_eq!(current.cumulative.number(), Some(123.0));
    }
}
