//! HJ 212 over real sockets: what is acknowledged, when, and what gets no answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use baotu_doors::hj212_tcp::{Asking, Hj212Door};
use baotu_doors::sensing::{Intake, Known, NotAccepted, NotLetIn, Waiting};
use baotu_pack::sensing::{Sensing, ThingType};
use baotu_protocols::hj212::frame;
use baotu_vocabulary::{CommandId, Moment, Sample, ThingId};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};

const TYPE: &str = r#"
[[type]]
name = "dust"
title = "扬尘监测仪"
about = "test"
properties = ["pm10"]
reports_every_seconds = 60
offline_after_seconds = 180
[type.hj212]
system = "39"
[[type.hj212.factor]]
code = "a34002"
kind = "Rtd"
property = "pm10"
"#;
const MN: &str = "3701020100000000000000A1";

/// A city of one device, whose storing is let go by hand.
struct City {
    kind: Arc<ThingType>,
    zone: TimeZone,
    /// One permit for each message that may become durable.
    disk: Semaphore,
    secret: Mutex<&'static str>,
    is_full: bool,
    kept: Mutex<Vec<Sample>>,
    mishaps: Mutex<Vec<String>>,
    ended: Mutex<Vec<(CommandId, bool, Value)>>,
}

fn thing() -> ThingId {
    ThingId::new(Moment::default(), [7; 10])
}

impl City {
    fn new(permits: usize, is_full: bool) -> Arc<Self> {
        let sensing: Sensing = toml::from_str(TYPE).expect("a type");
        Arc::new(Self {
            kind: Arc::new(sensing.types.into_iter().next().expect("one")),
            zone: TimeZone::get("Asia/Shanghai").expect("a zone"),
            disk: Semaphore::new(permits),
            secret: Mutex::new("123456"),
            is_full,
            kept: Mutex::default(),
            mishaps: Mutex::default(),
            ended: Mutex::default(),
        })
    }
}

impl Intake for City {
    fn sign_in(&self, code: &str, secret: &str) -> Result<Known, NotLetIn> {
        if code == MN && secret == *self.secret.lock().expect("nobody panics") {
            return Ok(Known { id: thing(), code: MN.into(), kind: Arc::clone(&self.kind) });
        }
        Err(NotLetIn { code: "wrong-credentials", sentence: String::new() })
    }

    fn by_code(&self, _: &str) -> Option<Known> {
        None
    }

    fn accept<'a>(&'a self, _: ThingId, samples: Vec<Sample>) -> Waiting<'a, Result<usize, NotAccepted>> {
        Box::pin(async move {
            self.disk.acquire().await.expect("it is open").forget();
            if self.is_full {
                return Err(NotAccepted::Fault);
            }
            if samples.iter().any(|sample| sample.value < 0.0) {
                return Err(NotAccepted::Refused { code: "out-of-sense", sentence: String::new() });
            }
            let count = samples.len();
            self.kept.lock().expect("nobody panics").extend(samples);
            Ok(count)
        })
    }

    fn command_ended<'a>(
        &'a self,
        _: ThingId,
        command: CommandId,
        is_done: bool,
        result: Value,
    ) -> Waiting<'a, Result<(), NotAccepted>> {
        self.ended.lock().expect("nobody panics").push((command, is_done, result));
        Box::pin(std::future::ready(Ok(())))
    }

    fn mishap(&self, _: ThingId, code: &str, _: &str) {
        self.mishaps.lock().expect("nobody panics").push(code.to_owned());
    }

    fn connected(&self, _: ThingId) {}

    fn now(&self) -> Moment {
        "2026-03-01T08:00:01+08:00".parse().expect("a time")
    }

    fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// A device at the door; the door closes when it is dropped.
struct Device {
    stream: TcpStream,
    door: Hj212Door,
    _stop: oneshot::Sender<()>,
}

async fn device(city: &Arc<City>) -> Device {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let door = Hj212Door::new(Arc::clone(city) as Arc<dyn Intake>);
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = door.clone();
    tokio::spawn(async move {
        serving
            .serve(listener, async {
                stopped.await.ok();
            })
            .await;
    });
    let stream = TcpStream::connect(address).await.expect("it accepts");
    Device { stream, door, _stop: stop }
}

/// A frame that reports, with a QN of these last digits.
fn upload(qn: &str, password: &str, value: &str) -> Vec<u8> {
    let segment = format!(
        "QN=20260301080000{qn};ST=39;CN=2011;PW={password};MN={MN};Flag=5;CP=&&DataTime=20260301080000;\
         a34002-Rtd={value},a34002-Flag=N&&"
    );
    frame(segment.as_bytes())
}

impl Device {
    async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("it is sent");
    }

    /// The QNs and commands of the next frames.
    async fn answers(&mut self, count: usize) -> Vec<String> {
        let mut text = String::new();
        let mut some = [0; 4_096];
        while text.matches("\r\n").count() < count {
            let read = tokio::time::timeout(Duration::from_secs(20), self.stream.read(&mut some));
            let length = read.await.expect("an answer in time").expect("it is read");
            assert!(length > 0, "the door has closed: {text}");
            text.push_str(std::str::from_utf8(&some[..length]).expect("ASCII"));
        }
        let field = |line: &str, name: &str| {
            line.split(';')
                .find_map(|field| field.split_once(name))
                .map(|(_, value)| value.to_owned())
                .unwrap_or_default()
        };
        text.lines().map(|line| format!("{} {}", field(line, "QN="), field(line, "CN="))).collect()
    }

    async fn is_silent(&mut self) -> bool {
        let mut one = [0];
        tokio::time::timeout(Duration::from_millis(300), self.stream.read(&mut one)).await.is_err()
    }
}

#[tokio::test]
async fn a_report_is_acknowledged_when_it_is_durable_and_not_before() {
    let city = City::new(0, false);
    let mut device = device(&city).await;
    let both = [upload("001", "123456", "58"), upload("002", "123456", "59")].concat();
    let (first, second) = both.split_at(70);
    device.send(first).await;
    device.send(second).await;
    assert!(device.is_silent().await, "nothing is durable yet");
    city.disk.add_permits(2);
    assert_eq!(device.answers(2).await, ["20260301080000001 9014", "20260301080000002 9014"]);
    let kept: Vec<f64> = city.kept.lock().expect("nobody panics").iter().map(|sample| sample.value).collect();
    assert_eq!(kept, [58.0, 59.0]);
}

#[tokio::test]
async fn what_was_not_stored_and_what_is_wrong_in_itself_gets_no_answer() {
    let full = City::new(100, true);
    let mut at_full = device(&full).await;
    at_full.send(&upload("001", "123456", "58")).await;
    assert!(at_full.is_silent().await, "the disk is full: the device shall send it again");

    let city = City::new(100, false);
    let mut device = device(&city).await;
    device.send(&upload("001", "654321", "58")).await;
    assert!(device.is_silent().await, "a wrong password");
    let mut spoilt = upload("002", "123456", "58");
    spoilt[30] ^= 1;
    device.send(&spoilt).await;
    device.send(b"noise \r\n##0010half").await;
    assert!(device.is_silent().await, "a wrong checksum, noise, a half frame");
    // What can't be kept is acknowledged and counted, or it would come for ever.
    device.send(&upload("003", "123456", "-1")).await;
    assert_eq!(device.answers(1).await, ["20260301080000003 9014"]);
    assert!(city.kept.lock().expect("nobody panics").is_empty());
    let mut again = upload("004", "123456", "58");
    again[30] ^= 1;
    device.send(&again).await;
    assert!(device.is_silent().await);
    assert_eq!(
        *city.mishaps.lock().expect("nobody panics"),
        ["half-frame", "checksum-wrong"],
        "now it is known whose frames they are"
    );
}

#[tokio::test]
async fn a_device_is_asked_on_its_connection_and_its_answer_is_told() {
    let city = City::new(100, false);
    let mut device = device(&city).await;
    let command = CommandId::new(Moment::default(), [1; 10]);
    let asking = Asking { command, number: 1011, body: Map::new() };
    assert!(!device.door.ask(thing(), asking.clone()), "it has not spoken yet");
    device.send(&upload("001", "123456", "58")).await;
    device.answers(1).await;
    assert!(device.door.ask(thing(), asking));
    let asked = device.answers(1).await;
    let (qn, cn) = asked[0].split_once(' ').expect("two words");
    assert_eq!(cn, "1011");
    let reply = |cn: u16, cp: &str| {
        frame(format!("QN={qn};ST=91;CN={cn};PW=123456;MN={MN};Flag=4;CP=&&{cp}&&").as_bytes())
    };
    let data = frame(
        format!("QN={qn};ST=39;CN=1011;PW=123456;MN={MN};Flag=4;CP=&&SystemTime=20260301080002&&").as_bytes(),
    );
    device.send(&[reply(9011, "QnRtn=1"), data, reply(9012, "ExeRtn=1")].concat()).await;
    // The next acknowledgement says that all before it was heard.
    device.send(&upload("002", "123456", "58")).await;
    device.answers(1).await;
    let told = json!({"SystemTime": "20260301080002", "ExeRtn": 1});
    assert_eq!(*city.ended.lock().expect("nobody panics"), [(command, true, told)]);
}

#[tokio::test]
async fn a_secret_that_was_renewed_is_worth_nothing_on_an_open_connection() {
    let city = City::new(100, false);
    let mut device = device(&city).await;
    device.send(&upload("001", "123456", "58")).await;
    device.answers(1).await;
    *city.secret.lock().expect("nobody panics") = "777777";
    device.send(&upload("002", "123456", "59")).await;
    assert!(device.is_silent().await, "the old secret");
    device.send(&upload("003", "777777", "60")).await;
    assert_eq!(device.answers(1).await, ["20260301080000003 9014"]);
    let kept: Vec<f64> = city.kept.lock().expect("nobody panics").iter().map(|sample| sample.value).collect();
    assert_eq!(kept, [58.0, 60.0]);
}
