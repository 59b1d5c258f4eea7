//! A broker on a loopback port with a gate that knows devices by name and a sink that can be told to be slow or to fail;
//! and a client of bytes, so that a test says exactly what stands on the wire.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use baotu_doors::mqtt::{
    Accepted, Allowed, Broker, BrokerParts, ConnectRefused, Connecting, Gate, Limits, Principal, Publish,
    PublishRefused, Sink, SubscribeRefused,
};
use baotu_vocabulary::{Chance, Moment, Surroundings};
use futures::future::{BoxFuture, FutureExt, ready};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a test listens before it says that nothing comes.
const QUIET: Duration = Duration::from_millis(150);

/// A moment that stands still and chance that counts.
#[derive(Default)]
pub(crate) struct Still(Mutex<u8>);

impl Surroundings for Still {
    fn now(&self) -> Moment {
        Moment::from_micros(1_764_000_000_000_000)
    }

    fn chance(&self) -> Chance {
        let mut count = self.0.lock().expect("no test panics here");
        *count += 1;
        [*count; 10]
    }
}

/// A device `x` signs in as `x` with the password `x's`, and owns `things/x/#`; `city` may everything.
pub(crate) struct Doorkeeper;

impl Gate for Doorkeeper {
    fn authenticate<'a>(&'a self, asking: Connecting<'a>) -> BoxFuture<'a, Result<Allowed, ConnectRefused>> {
        let name = asking.username.unwrap_or_default();
        let is_known = asking.password == Some(format!("{name}'s").as_bytes());
        let principal = Arc::from(name);
        ready(if is_known { Ok(Allowed { principal }) } else { Err(ConnectRefused::Credentials) }).boxed()
    }

    fn may_publish(&self, principal: &Principal, topic: &str) -> bool {
        &**principal == "city" || topic.starts_with(&format!("things/{principal}/"))
    }

    fn may_subscribe(&self, principal: &Principal, filter: &str) -> Result<(), SubscribeRefused> {
        if self.may_publish(principal, filter) { Ok(()) } else { Err(SubscribeRefused::NotAuthorised) }
    }
}

/// Keeps what it is given. Topics that end in `slow` wait for [`Book::release`]; `full` and `bad` are refused.
pub(crate) struct Book {
    kept: Mutex<Vec<String>>,
    asked: Mutex<usize>,
    slow: Arc<Semaphore>,
}

impl Book {
    /// Topic and payload of everything that was kept.
    pub(crate) fn kept(&self) -> Vec<String> {
        self.kept.lock().expect("no test panics here").clone()
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().expect("no test panics here")
    }

    /// Lets `count` slow messages be kept.
    pub(crate) fn release(&self, count: usize) {
        self.slow.add_permits(count);
    }
}

impl Sink for Book {
    fn accept(
        &self,
        _principal: &Principal,
        publish: &Arc<Publish>,
    ) -> BoxFuture<'static, Result<Accepted, PublishRefused>> {
        *self.asked.lock().expect("no test panics here") += 1;
        let last = publish.topic.rsplit('/').next().unwrap_or_default();
        match last {
            "full" => return ready(Err(PublishRefused::Fault("the disk is full".into()))).boxed(),
            "bad" => return ready(Err(PublishRefused::Payload("不是 JSON".to_owned()))).boxed(),
            _ => {}
        }
        let payload = String::from_utf8_lossy(&publish.payload);
        let line = format!("{} {payload}", publish.topic);
        if last != "slow" {
            self.kept.lock().expect("no test panics here").push(line);
            return ready(Ok(Accepted)).boxed();
        }
        let slow = Arc::clone(&self.slow);
        async move {
            slow.acquire().await.expect("never closed").forget();
            Ok(Accepted)
        }
        .boxed()
    }
}

/// A broker that listens.
pub(crate) struct Lab {
    pub(crate) broker: Broker,
    pub(crate) book: Arc<Book>,
    pub(crate) address: SocketAddr,
}

impl Lab {
    /// One with the usual limits.
    pub(crate) async fn new() -> Self {
        Self::with(Limits::default(), None).await
    }

    /// One with other limits, and with TLS.
    pub(crate) async fn with(limits: Limits, tls: Option<TlsAcceptor>) -> Self {
        let (kept, asked) = (Mutex::default(), Mutex::default());
        let book = Arc::new(Book { kept, asked, slow: Arc::new(Semaphore::new(0)) });
        let (gate, sink) = (Arc::new(Doorkeeper), Arc::clone(&book) as Arc<dyn Sink>);
        let surroundings = Arc::new(Still::default());
        let broker = Broker::new(BrokerParts { gate, sink, surroundings, limits });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let serving = broker.clone();
        tokio::spawn(async move { serving.serve(listener, tls).await });
        Self { broker, book, address }
    }

    /// How often something was refused by this name.
    pub(crate) fn refused(&self, name: &str) -> u64 {
        self.broker.counts().refused.get(name).copied().unwrap_or_default()
    }

    /// Waits until something was refused by this name `times` times.
    pub(crate) async fn until_refused(&self, name: &str, times: u64) {
        self.until(name, |lab| lab.refused(name) >= times).await;
    }

    /// Waits until `holds`.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let wait = async {
            while !holds(self) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(timeout(PATIENCE, wait).await.is_ok(), "{what} never came: {:?}", self.broker.counts());
    }

    /// A connection that has said nothing.
    pub(crate) async fn raw(&self) -> Raw {
        Raw(TcpStream::connect(self.address).await.expect("connected"))
    }

    /// A device that speaks MQTT 3.1.1 and is in; whether its session was there.
    pub(crate) async fn device(&self, name: &str, clean: bool) -> (Raw, bool) {
        let mut raw = self.raw().await;
        raw.say(&connect(4, name, name, clean, &[])).await;
        let connack = raw.hear().await;
        assert_eq!((connack[0], connack[3]), (0x20, 0), "let in");
        (raw, connack[2] == 1)
    }

    /// A device that speaks MQTT 5 and is in, with properties of its CONNECT; whether its session was there.
    pub(crate) async fn device5(&self, name: &str, clean: bool, properties: &[u8]) -> (Raw, bool) {
        let mut raw = self.raw().await;
        raw.say(&connect(5, name, name, clean, properties)).await;
        let connack = raw.hear().await;
        assert_eq!((connack[0], connack[3]), (0x20, 0), "let in");
        (raw, connack[2] == 1)
    }
}

impl Lab {
    /// Somebody who speaks MQTT 5 under another's client identifier, for a session that stays; whether it was there.
    pub(crate) async fn device5_as(&self, client_id: &str, user: &str) -> (Raw, bool) {
        let mut raw = self.raw().await;
        raw.say(&connect(5, client_id, user, false, &[0x11, 0, 0, 1, 0])).await;
        let connack = raw.hear().await;
        assert_eq!((connack[0], connack[3]), (0x20, 0), "let in");
        (raw, connack[2] == 1)
    }
}

/// A client of bytes.
pub(crate) struct Raw(TcpStream);

impl Raw {
    /// Sends bytes.
    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("sent");
    }

    /// Sends bytes to a broker that may have closed, and leaves.
    pub(crate) async fn shout(mut self, bytes: &[u8]) {
        // A broker that closed at the first of them need not take the rest.
        let _ = self.0.write_all(bytes).await;
        let _ = self.0.shutdown().await;
    }

    /// The next packet.
    pub(crate) async fn hear(&mut self) -> Vec<u8> {
        timeout(PATIENCE, self.packet()).await.expect("a packet in time").expect("a packet, not the end")
    }

    /// Says that nothing comes.
    pub(crate) async fn is_quiet(&mut self) {
        let heard = timeout(QUIET, self.packet()).await;
        assert!(heard.is_err(), "nothing was to come, and not {heard:?}");
    }

    /// Says that the broker closes without another packet.
    pub(crate) async fn is_closed(&mut self) {
        let heard = timeout(PATIENCE, self.packet()).await.expect("the end in time");
        assert_eq!(heard, None, "the end was to come");
    }

    async fn packet(&mut self) -> Option<Vec<u8>> {
        let mut packet = vec![self.0.read_u8().await.ok()?];
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = self.0.read_u8().await.ok()?;
            packet.push(byte);
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let header = packet.len();
        packet.resize(header + length, 0);
        self.0.read_exact(&mut packet[header..]).await.ok()?;
        Some(packet)
    }
}

/// A text with its length.
pub(crate) fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

/// A packet with its first byte and its length.
pub(crate) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let low = (length & 0x7F) as u8;
        length >>= 7;
        bytes.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            return [bytes, body.to_vec()].concat();
        }
    }
}

/// CONNECT of `user` with its password; `level` 4 or 5.
pub(crate) fn connect(level: u8, client_id: &str, user: &str, clean: bool, properties: &[u8]) -> Vec<u8> {
    let mut body = [text("MQTT"), vec![level, 0xC0 | u8::from(clean) << 1, 0, 0]].concat();
    if level == 5 {
        body.push(properties.len() as u8);
        body.extend_from_slice(properties);
    }
    body.extend([text(client_id), text(user), text(&format!("{user}'s"))].concat());
    packet(0x10, &body)
}

/// PUBLISH; `first` holds QoS, DUP and RETAIN; `v5` writes an empty list of properties.
pub(crate) fn publish(first: u8, v5: bool, topic: &str, id: u16, payload: &str) -> Vec<u8> {
    let mut body = text(topic);
    if first & 6 != 0 {
        body.extend(id.to_be_bytes());
    }
    if v5 {
        body.push(0);
    }
    body.extend(payload.as_bytes());
    packet(first, &body)
}

/// SUBSCRIBE with id 1 to one filter.
pub(crate) fn subscribe(v5: bool, filter: &str, options: u8) -> Vec<u8> {
    let none: &[u8] = if v5 { &[0] } else { &[] };
    packet(0x82, &[&[0, 1][..], none, &text(filter), &[options]].concat())
}
