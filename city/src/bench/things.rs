//! Things that report over MQTT: readings a second that are durable when they are acknowledged, how soon an alarm is told at
//! that load, and beside it the same messages through a broker and a store of time series that are made for it.
//!
//! The same publishers send the same messages to both. The peer's readings count when InfluxDB has answered for them:
//! Mosquitto itself acknowledges before anything is on a disk. The bridge between the two is the bench's own.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::body::Bytes;
use axum::http::Request;
use baotu_access::{AccessSettings, PasswordCost};
use baotu_notices::config::NoticesConfig;
use baotu_observations::NewThing;
use baotu_pack::Pack;
use baotu_storage::{EVENTS_MAX, StoreConfig};
use baotu_vocabulary::{Moment, Surroundings};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rumqttc::{AsyncClient, Event, MqttOptions, Outgoing, Packet, QoS};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::load::{Times, processors_spent};
use crate::city::{City, Founding};
use crate::surroundings::{RealSurroundings, real_now};

/// The type of the things that report, its properties, and the secret that all of them share.
const KIND: &str = "air-station";
const PROPERTIES: [&str; 6] = ["so2", "no2", "co", "o3", "pm10", "pm25"];
const SECRET: &str = "bench-secret";
/// The type of the things that raise alarms, the property, and a value that raises at once.
const ALARMING: (&str, &str, f64) = ("gas-meter", "gas-concentration", 60.0);
/// The pause between two alarms.
const BETWEEN_ALARMS: Duration = Duration::from_millis(40);
/// How long the last alarms are waited for.
const LAST_ALARMS: Duration = Duration::from_secs(20);
/// Lines that the bridge writes to InfluxDB at a time.
const LINES_AT_A_TIME: usize = 5_000;
/// How long the broker of the peer is waited for.
const PEER: Duration = Duration::from_secs(120);

/// What is to be measured.
pub struct Choices {
    /// The pack, which declares the types used.
    pub pack: Pack,
    /// Connections that publish side by side.
    pub connections: usize,
    /// Moments of six readings in one message.
    pub moments: usize,
    /// Messages of each connection that may be unacknowledged.
    pub window: u16,
    /// Messages in all.
    pub messages: u64,
    /// Alarms that are raised meanwhile.
    pub alarms: usize,
    /// The peer: Mosquitto, and InfluxDB's HTTP.
    pub peer: Option<(SocketAddr, SocketAddr)>,
    /// The folder in which a throw-away folder is made.
    pub folder: Option<PathBuf>,
}

/// What was measured of one side.
#[derive(Clone, Debug)]
struct Measured {
    readings: u64,
    took: Duration,
    processors: Option<Duration>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Report {
    connections: usize,
    readings_each: usize,
    window: u16,
    ours: Measured,
    alarms: Times,
    alarms_wanted: usize,
    peer: Option<Measured>,
}

/// Measures; `tell` gets what a person who waits wants to see.
///
/// # Errors
/// When the city cannot be founded, or a client or the peer fails.
pub async fn measure(choices: &Choices, tell: &(dyn Fn(String) + Sync)) -> anyhow::Result<Report> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("baotu-bench-");
    let folder = match &choices.folder {
        Some(folder) => builder.tempdir_in(folder),
        None => builder.tempdir(),
    };
    let folder = folder.context("建不了临时数据文件夹")?;
    let city = City::found(Founding {
        store: StoreConfig::embedded(folder.path()),
        data: folder.path(),
        pack: choices.pack.clone(),
        surroundings: Arc::new(RealSurroundings) as Arc<dyn Surroundings>,
        speed: 1,
        access: AccessSettings { password_cost: PasswordCost::CHEAPEST, ..AccessSettings::default() },
        notices: NoticesConfig::default(),
        public_url: String::new(),
    })
    .await?;
    register(&city, choices).await?;
    let stop = CancellationToken::new();
    let mut tasks = city.live(&stop);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let broker = city.sensing.broker.clone();
    tasks.spawn(async move { broker.serve(listener, None).await });
    tell(format!("城市已开：{} 台设备，MQTT 在 {address}", choices.connections + choices.alarms));

    let (spent, begun) = (processors_spent(), Instant::now());
    let publishing =
        publish(choices, address, |number| (code(number), format!("things/{}/readings", code(number))));
    let (published, alarms) = tokio::join!(publishing, alarm(&city, choices, address));
    published?;
    let ours = measured(choices, begun, spent);
    let alarms = alarms?;
    stop.cancel();
    city.sensing.broker.close().await;
    tasks.shutdown().await;
    tell(format!("本城市：{ours}"));
    let peer = match choices.peer {
        Some(peer) => {
            let peer = beside(choices, peer).await?;
            tell(format!("Mosquitto + InfluxDB：{peer}"));
            Some(peer)
        }
        None => None,
    };
    Ok(Report {
        connections: choices.connections,
        readings_each: choices.moments * PROPERTIES.len(),
        window: choices.window,
        ours,
        alarms,
        alarms_wanted: choices.alarms,
        peer,
    })
}

fn measured(choices: &Choices, begun: Instant, spent: Option<Duration>) -> Measured {
    let took = begun.elapsed();
    let processors = processors_spent().zip(spent).map(|(now, before)| now.saturating_sub(before));
    let readings = choices.messages * (choices.moments * PROPERTIES.len()) as u64;
    Measured { readings, took, processors }
}

fn code(number: usize) -> String {
    format!("BENCH-{number:05}")
}

fn alarming(number: usize) -> String {
    format!("ALARM-{number:05}")
}

async fn register(city: &City, choices: &Choices) -> anyhow::Result<()> {
    let new = |code: String, kind: &str| NewThing {
        code,
        kind: kind.to_owned(),
        secret: Some(SECRET.to_owned()),
        ..NewThing::default()
    };
    let stations = (0..choices.connections).map(|number| new(code(number), KIND));
    let meters = (0..choices.alarms).map(|number| new(alarming(number), ALARMING.0));
    city.sensing.things.register(stations.chain(meters).collect(), "city:bench").await?;
    Ok(())
}

fn options(client: &str, address: SocketAddr, window: u16) -> MqttOptions {
    let mut options = MqttOptions::new(client, address.ip().to_string(), address.port());
    options.set_credentials(client, SECRET);
    options.set_keep_alive(Duration::from_secs(60));
    options.set_inflight(window);
    options.set_max_packet_size(1 << 20, 1 << 20);
    options
}

/// Publishes all messages over all connections and waits until each is acknowledged.
async fn publish(
    choices: &Choices,
    address: SocketAddr,
    named: impl Fn(usize) -> (String, String),
) -> anyhow::Result<()> {
    let left = Arc::new(AtomicU64::new(choices.messages));
    let mut publishers = tokio::task::JoinSet::new();
    for number in 0..choices.connections {
        let (client, topic) = named(number);
        let (left, window, moments) = (Arc::clone(&left), choices.window, choices.moments);
        publishers.spawn(async move { publisher(address, &client, &topic, &left, window, moments).await });
    }
    while let Some(ended) = publishers.join_next().await {
        ended??;
    }
    Ok(())
}

async fn publisher(
    address: SocketAddr,
    client: &str,
    topic: &str,
    left: &AtomicU64,
    window: u16,
    moments: usize,
) -> anyhow::Result<()> {
    let (publish, mut line) = AsyncClient::new(options(client, address, window), usize::from(window) * 2);
    let (mut waiting, mut is_connected, mut has_more) = (0_u64, false, true);
    let mut at = real_now().plus_seconds(-86_400);
    loop {
        while is_connected && has_more && waiting < u64::from(window) {
            if left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err() {
                has_more = false;
                break;
            }
            publish.try_publish(topic, QoS::AtLeastOnce, false, message(&mut at, moments))?;
            waiting += 1;
        }
        if !has_more && waiting == 0 {
            return Ok(());
        }
        match line.poll().await.with_context(|| format!("{client}: the line"))? {
            Event::Incoming(Packet::ConnAck(_)) => is_connected = true,
            Event::Incoming(Packet::PubAck(_)) => waiting -= 1,
            Event::Outgoing(Outgoing::Disconnect) => bail!("{client} was disconnected"),
            _ => {}
        }
    }
}

/// A message of several moments with six readings each.
fn message(at: &mut Moment, moments: usize) -> String {
    let one = |at: Moment| {
        let seconds = at.micros() / 1_000_000;
        let values: serde_json::Map<String, Value> = PROPERTIES
            .iter()
            .zip(1..)
            .map(|(property, number)| ((*property).to_owned(), json!(((seconds * number) % 97) as f64 / 2.0)))
            .collect();
        json!({ "time": at.timestamp().to_string(), "values": values })
    };
    let mut list = Vec::with_capacity(moments);
    for _ in 0..moments {
        list.push(one(*at));
        *at = at.plus_seconds(1);
    }
    Value::Array(list).to_string()
}

/// Raises alarms one after another; how long each took from the publish to its event in the log.
async fn alarm(city: &City, choices: &Choices, address: SocketAddr) -> anyhow::Result<Times> {
    let mut at = city.store.last_position().await?;
    let mut sent: HashMap<String, Instant> = HashMap::new();
    let mut times = Vec::new();
    let (tell_sent, mut was_sent) = tokio::sync::mpsc::unbounded_channel();
    let count = choices.alarms;
    let things = city.sensing.things.clone();
    let raising = tokio::spawn(async move {
        for number in 0..count {
            let client = alarming(number);
            let Some(standing) = things.by_code(&client) else { continue };
            let (publish, mut line) = AsyncClient::new(options(&client, address, 1), 4);
            let topic = format!("things/{client}/readings");
            while !matches!(line.poll().await?, Event::Incoming(Packet::ConnAck(_))) {}
            let (_, property, value) = ALARMING;
            tell_sent.send((standing.thing.id.to_string(), Instant::now()))?;
            let message = json!({ "values": { property: value } }).to_string();
            publish.try_publish(topic, QoS::AtLeastOnce, false, message)?;
            while !matches!(line.poll().await?, Event::Incoming(Packet::PubAck(_))) {}
            tokio::time::sleep(BETWEEN_ALARMS).await;
        }
        anyhow::Ok(())
    });
    let mut until: Option<Instant> = None;
    while times.len() < count && until.is_none_or(|until| Instant::now() < until) {
        city.store.wait_for_events(at, Duration::from_millis(100)).await?;
        let events = city.store.events_of_kind_after("rules.alarm_raised", at, EVENTS_MAX).await?;
        let seen = Instant::now();
        while let Ok((thing, begun)) = was_sent.try_recv() {
            sent.insert(thing, begun);
        }
        for logged in events {
            at = logged.position;
            let thing = logged.event.data["thing_id"].as_str().unwrap_or_default();
            times.extend(sent.remove(thing).map(|begun| seen.duration_since(begun)));
        }
        if raising.is_finished() && until.is_none() {
            until = Some(Instant::now() + LAST_ALARMS);
        }
    }
    raising.await??;
    Ok(Times::of(times))
}

/// The same messages to Mosquitto, over a bridge to InfluxDB.
async fn beside(
    choices: &Choices,
    (mosquitto, influx): (SocketAddr, SocketAddr),
) -> anyhow::Result<Measured> {
    let client: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let run = std::process::id();
    let database = format!("baotu_bench_{run}");
    let ask = async |path: &str, body: String| -> anyhow::Result<()> {
        let url = format!("http://{influx}{path}");
        let request = Request::post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(body)))?;
        let answer = client.request(request).await.context("InfluxDB")?;
        let status = answer.status();
        let told = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("InfluxDB：{status} {}", String::from_utf8_lossy(&told));
        }
        Ok(())
    };
    ask("/query", format!("q=CREATE DATABASE {database}")).await?;
    let mut bridge_options = options(&format!("baotu-bridge-{run}"), mosquitto, u16::MAX);
    bridge_options.set_manual_acks(true);
    let (bridge, mut line) = AsyncClient::new(bridge_options, 100_000);
    let filter = format!("bench/{run}/#");
    bridge.try_subscribe(&filter, QoS::AtLeastOnce)?;
    while !matches!(line.poll().await.context("Mosquitto")?, Event::Incoming(Packet::SubAck(_))) {}
    let (to_writer, mut messages) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        loop {
            match line.poll().await {
                Ok(Event::Incoming(Packet::Publish(publish))) => {
                    if to_writer.send(publish).is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(_) => return,
            }
        }
    });
    let wanted = choices.messages;
    let (spent, begun) = (processors_spent(), Instant::now());
    let publishing =
        publish(choices, mosquitto, |number| (code(number), format!("bench/{run}/{}", code(number))));
    let writing = async {
        let mut stored = 0;
        while stored < wanted {
            let mut some = Vec::new();
            let received =
                tokio::time::timeout(PEER, messages.recv_many(&mut some, LINES_AT_A_TIME / choices.moments));
            if received.await.context("Mosquitto 没有送齐消息")? == 0 {
                bail!("the bridge was disconnected");
            }
            let mut body = String::new();
            for publish in &some {
                lines(&publish.topic, &publish.payload, &mut body)?;
            }
            ask(&format!("/write?db={database}&precision=s"), body).await?;
            stored += some.len() as u64;
            for publish in &some {
                bridge.try_ack(publish)?;
            }
        }
        anyhow::Ok(())
    };
    let (published, written) = tokio::join!(publishing, writing);
    published?;
    written?;
    let peer = measured(choices, begun, spent);
    reading.abort();
    ask("/query", format!("q=DROP DATABASE {database}")).await?;
    Ok(peer)
}

/// A message as lines of InfluxDB.
fn lines(topic: &str, payload: &[u8], body: &mut String) -> anyhow::Result<()> {
    use std::fmt::Write as _;
    let thing = topic.rsplit('/').next().unwrap_or(topic);
    let list: Vec<Value> = serde_json::from_slice(payload)?;
    for one in list {
        let at: Moment =
            one["time"].as_str().unwrap_or_default().parse().map_err(|_| anyhow::anyhow!("a time"))?;
        let values = one["values"].as_object().into_iter().flatten();
        let fields: Vec<String> = values.map(|(property, value)| format!("{property}={value}")).collect();
        writeln!(body, "air,thing={thing} {} {}", fields.join(","), at.micros() / 1_000_000)?;
    }
    Ok(())
}

impl Measured {
    fn per_second(&self) -> f64 {
        self.readings as f64 / self.took.as_secs_f64()
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} 个/秒（{} 个，{:.1} 秒）",
            self.per_second(),
            self.readings,
            self.took.as_secs_f64()
        )?;
        if let Some(spent) = self.processors {
            let micros = spent.as_secs_f64() * 1e6 / self.readings as f64;
            write!(f, "，本进程每个读数用处理器 {micros:.2} 微秒")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nMQTT QoS 1，{} 个连接，每条消息 {} 个读数，每个连接最多 {} 条未应答；发送者在同一进程",
            self.connections, self.readings_each, self.window
        )?;
        writeln!(f, "  落盘后应答        {}", self.ours)?;
        if self.alarms_wanted > 0 {
            let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
            writeln!(
                f,
                "  同时的报警        {} / {} 起，从发送到事件 p50 {:.0} 毫秒、p99 {:.0} 毫秒",
                self.alarms.count(),
                self.alarms_wanted,
                millis(self.alarms.within(0.5)),
                millis(self.alarms.within(0.99))
            )?;
        }
        if let Some(peer) = &self.peer {
            writeln!(f, "  Mosquitto+InfluxDB {peer}（桥接在本进程，Mosquitto 和 InfluxDB 的处理器未计）")?;
            writeln!(f, "  是其              {:.1} 倍", self.ours.per_second() / peer.per_second())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn things_report_and_alarms_are_told() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/jinan");
        let today = jiff::civil::date(2026, 11, 29);
        let pack = Pack::load(&folder, &crate::city::contracts(), today).pack.expect("the pack of Jinan");
        let choices = Choices {
            pack,
            connections: 4,
            moments: 3,
            window: 4,
            messages: 40,
            alarms: 3,
            peer: None,
            folder: None,
        };
        let report = measure(&choices, &|_| ()).await.expect("measured");
        assert_eq!(report.ours.readings, 40 * 18);
        assert_eq!(report.alarms.count(), 3);
        let told = report.to_string();
        assert!(told.contains("4 个连接") && told.contains("3 / 3 起"), "{told}");
    }

    #[test]
    fn a_message_is_the_same_to_both() {
        let mut at = Moment::from_micros(1_795_910_400_000_000);
        let message = message(&mut at, 2);
        let mut body = String::new();
        lines("bench/1/A-1", message.as_bytes(), &mut body).expect("lines");
        assert_eq!(body.lines().count(), 2);
        assert!(body.starts_with("air,thing=A-1 so2="), "{body}");
        assert!(body.ends_with(" 1795910401\n"), "{body}");
    }
}
