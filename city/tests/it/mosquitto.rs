//! Clients that the field uses, `mosquitto_pub`, `mosquitto_sub` and Eclipse Paho for Python, over TLS in MQTT 3.1.1 and
//! 5 with QoS 0, 1 and 2: readings arrive, commands and their results go to and fro, and what is another's is refused.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};

use crate::city::City;
use crate::devices::{Device, OPERATOR};
use crate::people::Person;

/// What the device tells here: no rule watches it.
const PROPERTY: &str = "lamp-power";
/// The readings of the test lie on this day, as hours.
const DAY: &str = "2026-11-28";
/// Seconds that a client may take.
const PATIENCE_SECONDS: &str = "20";
/// Both versions that the clients speak.
const VERSIONS: [&str; 2] = ["mqttv311", "mqttv5"];

/// A city with an encrypted door, whose certificate the clients know.
struct Encrypted {
    city: City,
    folder: tempfile::TempDir,
}

impl Encrypted {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).expect("a certificate");
        let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        fs::write(&chain, cert.pem()).expect("written");
        fs::write(&key, signing_key.serialize_pem()).expect("written");
        let word = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        let start =
            ["demo", "--history-hours", "0", "--per-day", "0", "--log", "warn", "--mqtts", "127.0.0.1:0"];
        let (chain, key) = (word(&chain), word(&key));
        let city = City::start(&[&start[..], &["--tls-chain", &chain, "--tls-key", &key]].concat());
        Self { city, folder }
    }

    fn authority(&self) -> String {
        self.folder.path().join("chain.pem").to_str().expect("UTF-8").to_owned()
    }

    /// A client of mosquitto that signs in as this device.
    fn client(&self, program: &str, version: &str, device: &Device) -> Command {
        let door = self.city.door("mqtts");
        let mut command = Command::new(program);
        command.args(["-h", &door.ip().to_string(), "-p", &door.port().to_string(), "-V", version]).args([
            "--cafile",
            &self.authority(),
            "-u",
            &device.code,
            "-P",
            &device.secret,
        ]);
        command
    }

    fn publish(&self, version: &str, device: &Device, (topic, qos): (&str, u8), message: &Value) -> Output {
        let mut client = self.client("mosquitto_pub", version, device);
        let message = message.to_string();
        ended(client.args(["-t", topic, "-q", &qos.to_string(), "-m", &message]))
    }
}

/// Runs a client to its end.
fn ended(client: &mut Command) -> Output {
    client.output().unwrap_or_else(|error| {
        panic!(
            "{:?}: {error}; on Debian: apt-get install mosquitto-clients python3-paho-mqtt",
            client.get_program()
        )
    })
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{} {} {}", output.status, text(&output.stdout), text(&output.stderr))
}

fn reading(hour: usize) -> Value {
    json!({"time": format!("{DAY}T{hour:02}:00:00+08:00"), "values": {PROPERTY: hour}})
}

/// The values that the city has of a device.
fn values(page: &Value) -> Vec<f64> {
    let readings = page["readings"].as_array().map(Vec::as_slice).unwrap_or_default();
    readings.iter().filter_map(|reading| reading["value"].as_f64()).collect()
}

fn series(device: &Device) -> String {
    format!("/api/things/{}/series/{PROPERTY}?from={DAY}T00:00:00Z&to={DAY}T23:59:59Z", device.id)
}

/// How often something of a device was refused or flagged, by name.
pub(crate) fn mishaps(operator: &Person<'_>, device: &Device, code: &str) -> u64 {
    let told = operator.get(&format!("/api/things/{}", device.id)).with(200);
    let rows = told["mishaps"].as_array().expect("mishaps");
    rows.iter().filter(|row| row["code"] == code).filter_map(|row| row["count"].as_u64()).sum()
}

#[test]
fn mosquitto_tells_readings_and_hears_commands_over_tls() {
    let encrypted = Encrypted::start();
    let operator = Person::with_role(&encrypted.city, OPERATOR, None);
    let lamp = Device::registered(&operator, "lamp-pole", "LAMP-1");
    let other = Device::registered(&operator, "lamp-pole", "LAMP-2");

    let mut hours = 9..;
    for version in VERSIONS {
        for qos in 0..=2 {
            let hour = hours.next().expect("an hour");
            let sent = encrypted.publish(version, &lamp, (&lamp.topic(), qos), &reading(hour));
            assert!(sent.status.success(), "{version}, QoS {qos}: {}", said(&sent));
        }
    }
    // A message of QoS 0 is not waited for by its client.
    let page = operator.sees(&series(&lamp), |page| values(page).len() == 6);
    assert_eq!(values(&page), [9.0, 10.0, 11.0, 12.0, 13.0, 14.0]);

    for version in VERSIONS {
        let before = mishaps(&operator, &lamp, "foreign-topic");
        let sent = encrypted.publish(version, &lamp, (&other.topic(), 1), &reading(1));
        println!("{version}, a topic of another: {}", said(&sent));
        let topics =
            [format!("things/{}/commands", other.code), "things/+/commands".to_owned(), "#".to_owned()];
        for topic in &topics {
            let mut client = encrypted.client("mosquitto_sub", version, &lamp);
            let heard = ended(client.args(["-t", topic, "-q", "1", "-W", PATIENCE_SECONDS]));
            println!("{version}, subscribed to {topic}: {}", said(&heard));
            assert!(said(&heard).contains("denied"), "{version}, {topic}: {}", said(&heard));
        }
        assert_eq!(mishaps(&operator, &lamp, "foreign-topic"), before + 4);
        let stranger = Device { secret: "another".to_owned(), ..lamp.clone() };
        let before = mishaps(&operator, &lamp, "wrong-credentials");
        let refused = encrypted.publish(version, &stranger, (&lamp.topic(), 1), &reading(2));
        println!("{version}, a wrong secret: {}", said(&refused));
        assert!(!refused.status.success(), "{}", said(&refused));
        assert_eq!(mishaps(&operator, &lamp, "wrong-credentials"), before + 1);
    }
    assert_eq!(values(&operator.get(&series(&other)).with(200)), [0.0; 0]);
    assert_eq!(values(&operator.get(&series(&lamp)).with(200)).len(), 6);

    for version in VERSIONS {
        a_command_is_heard_and_answered(&encrypted, &operator, &lamp, version);
    }
}

/// An operator switches the lamp on; `mosquitto_sub` hears it, and `mosquitto_pub` tells that it is done.
fn a_command_is_heard_and_answered(
    encrypted: &Encrypted,
    operator: &Person<'_>,
    lamp: &Device,
    version: &str,
) {
    // Its words come line by line, though into a pipe.
    let mut subscriber = Command::new("stdbuf");
    subscriber
        .arg("-oL")
        .arg("mosquitto_sub")
        .args(encrypted.client("mosquitto_sub", version, lamp).get_args());
    let topic = format!("things/{}/commands", lamp.code);
    subscriber.args(["-t", &topic, "-q", "2", "-C", "1", "-W", PATIENCE_SECONDS, "-d"]);
    let mut listening = subscriber.stdout(Stdio::piped()).spawn().expect("mosquitto_sub runs");
    let mut lines = BufReader::new(listening.stdout.take().expect("piped")).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("Subscribed")), "{version}");

    let commands = format!("/api/things/{}/commands", lamp.id);
    let asked = operator.post(&commands, &json!({"name": "lamp-on"})).with(201);
    assert_eq!(asked["state"], "sent", "{asked}");
    let heard = lines.find(|line| line.starts_with('{')).expect("the command is heard");
    let heard: Value = serde_json::from_str(&heard).expect("JSON");
    assert_eq!(
        (&heard["id"], &heard["name"], &heard["body"]),
        (&asked["id"], &json!("lamp-on"), &json!({"on": true}))
    );
    assert!(listening.wait().expect("it ends").success());

    let results = format!("things/{}/results", lamp.code);
    let told = json!({"id": heard["id"], "ok": true, "result": {"power": 40}});
    let sent = encrypted.publish(version, lamp, (&results, 2), &told);
    assert!(sent.status.success(), "{}", said(&sent));
    let shown = operator.sees(&commands, |commands| commands[0]["state"] == "done");
    assert_eq!((&shown[0]["id"], &shown[0]["result"]), (&asked["id"], &json!({"power": 40})));
}

/// The Python that has Paho: the system's own, where Debian's package puts it.
fn python() -> &'static str {
    let has_paho = |python: &&str| {
        let tried = Command::new(python).args(["-c", "import paho.mqtt.client"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    ["/usr/bin/python3", "python3"]
        .into_iter()
        .find(has_paho)
        .expect("no Python has Eclipse Paho; on Debian: apt-get install python3-paho-mqtt")
}

#[test]
fn eclipse_paho_tells_readings_and_answers_commands_over_tls() {
    let encrypted = Encrypted::start();
    let operator = Person::with_role(&encrypted.city, OPERATOR, None);
    for version in ["3", "5"] {
        let lamp = Device::registered(&operator, "lamp-pole", &format!("LAMP-{version}"));
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/paho_device.py");
        let port = encrypted.city.door("mqtts").port().to_string();
        let mut running = Command::new(python())
            .arg(program)
            .args([version, &port, &encrypted.authority(), &lamp.code, &lamp.secret, PROPERTY, DAY])
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs");
        let mut lines = BufReader::new(running.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let mut is_told = |wanted: &str| {
            let next = lines.next();
            assert_eq!(next.as_deref(), Some(wanted), "MQTT {version}");
        };
        is_told("wrong secret refused");
        is_told("another's topic refused");
        is_told("published");
        let commands = format!("/api/things/{}/commands", lamp.id);
        operator.post(&commands, &json!({"name": "lamp-off"})).with(201);
        is_told("lamp-off");
        assert!(running.wait().expect("it ends").success());
        let shown = operator.sees(&commands, |commands| commands[0]["state"] == "done");
        assert_eq!(shown[0]["result"], json!({"power": 0}));
        // Hour by hour, one for each QoS.
        assert_eq!(values(&operator.get(&series(&lamp)).with(200)), [9.0, 10.0, 11.0]);
        assert_eq!(mishaps(&operator, &lamp, "wrong-credentials"), 1);
        assert_eq!(mishaps(&operator, &lamp, "foreign-topic"), 1);
    }
}
