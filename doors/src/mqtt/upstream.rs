//! The client of a broker elsewhere: a city that has outgrown the embedded broker, or has one already, subscribes to it,
//! and several nodes share the work by a shared subscription (MQTT 5, 4.8.2).
//!
//! The promise is that of the embedded broker: a message is acknowledged after the sink has answered for it. When the
//! sink can't keep one for now, the connection is closed without an acknowledgement, and the broker sends it again.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use baotu_vocabulary::Surroundings;
use bytes::Bytes;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use super::codec::{Broken, Protocol, Qos};
use super::gate::Principal;
use super::sink::Sink;
use super::subscriber::Talk;
use super::topic::is_topic;

/// Seconds in which the broker must have answered CONNECT and SUBSCRIBE.
const ANSWER_SECONDS_MAX: u64 = 20;
/// Messages to be published that wait for their turn.
const OUTGOING_MAX: usize = 256;
/// Seconds between two attempts: the first, and the most.
const PAUSE_SECONDS: (u64, u64) = (1, 60);

/// What a client of a broker elsewhere is made of.
pub struct UpstreamParts {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// TLS and the name that the broker's certificate must bear.
    pub tls: Option<(TlsConnector, ServerName<'static>)>,
    /// The version to speak.
    pub protocol: Protocol,
    /// Its client identifier: one per node, the same over restarts.
    pub client_id: String,
    /// User name.
    pub username: Option<String>,
    /// Password. Secret: never logged.
    pub password: Option<String>,
    /// The group that shares the subscriptions; none subscribes for this node alone.
    pub group: Option<String>,
    /// Filters to subscribe to.
    pub filters: Vec<String>,
    /// The greatest QoS wanted.
    pub qos: Qos,
    /// As whom the sink is told that the messages come.
    pub principal: Principal,
    /// Who takes the messages.
    pub sink: Arc<dyn Sink>,
    /// The time of messages, and chance for pauses.
    pub surroundings: Arc<dyn Surroundings>,
}

/// How the connection to a broker elsewhere stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpstreamStatus {
    /// Whether it is connected and subscribed.
    pub is_connected: bool,
    /// Messages that the sink took since the start.
    pub accepted: u64,
    /// Messages that were refused for good since the start.
    pub refused: u64,
    /// Why the last connection ended.
    pub problem: Option<String>,
}

/// Why a connection to a broker elsewhere ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    #[error("连接失败：{0}")]
    Io(#[from] io::Error),
    #[error("对方断开了连接")]
    Closed,
    #[error("对方没有按时应答")]
    Silent,
    #[error("对方拒绝连接，代码 0x{0:02x}")]
    Refused(u8),
    #[error("对方拒绝订阅“{0}”，代码 0x{1:02x}")]
    NotSubscribed(String, u8),
    #[error("对方断开连接，代码 0x{0:02x}")]
    Dismissed(u8),
    #[error("对方的报文有误：{0}")]
    Broken(#[from] Broken),
    #[error("消息暂时无法保存，留给对方稍后再发：{0}")]
    Unsaved(String),
    #[error("本节点关闭")]
    Closing,
}

/// Why a message was not published to a broker elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamRefused {
    /// The topic is none.
    #[error("主题名无效")]
    Topic,
    /// There is no connection, or it ended before the broker acknowledged: whether it has the message is not known, and it
    /// may be sent again.
    #[error("与对方没有连接")]
    NotConnected,
    /// The broker refused it, with a reason code of MQTT 5 (3.4.2.1; 0x95 when it is longer than the broker takes).
    #[error("对方拒绝消息，代码 0x{0:02x}")]
    Refused(u8),
}

/// A message on its way to the broker, and who waits for its acknowledgement.
pub(super) struct Outgoing {
    pub(super) topic: String,
    pub(super) payload: Bytes,
    pub(super) retain: bool,
    pub(super) told: oneshot::Sender<Result<(), UpstreamRefused>>,
}

/// What outlives a connection.
pub(super) struct Lasting {
    /// Packet identifiers of messages of QoS 2 that the sink took and whose PUBREL has not come.
    pub(super) taken: BTreeSet<u16>,
    /// Messages to be published.
    pub(super) outgoing: mpsc::Receiver<Outgoing>,
}

/// The client of a broker elsewhere.
pub struct Upstream {
    pub(super) parts: UpstreamParts,
    pub(super) status: watch::Sender<UpstreamStatus>,
    outgoing: mpsc::Sender<Outgoing>,
    lasting: Mutex<Lasting>,
}

impl Upstream {
    /// A client that is not connected yet; see [`Upstream::run`].
    #[must_use]
    pub fn new(parts: UpstreamParts) -> Self {
        let (outgoing, received) = mpsc::channel(OUTGOING_MAX);
        let lasting = Mutex::new(Lasting { taken: BTreeSet::new(), outgoing: received });
        Self { parts, status: watch::Sender::default(), outgoing, lasting }
    }

    /// Publishes a message, such as a command to a device, with QoS 1; answers when the broker has acknowledged it.
    ///
    /// # Errors
    /// Without a connection, or when the broker refuses it. Nothing is kept for later: whoever calls knows how long it is worth
    /// trying.
    pub async fn publish(
        &self,
        topic: &str,
        payload: impl Into<Bytes>,
        retain: bool,
    ) -> Result<(), UpstreamRefused> {
        if !is_topic(topic) {
            return Err(UpstreamRefused::Topic);
        }
        if !self.status.borrow().is_connected {
            return Err(UpstreamRefused::NotConnected);
        }
        let (told, answer) = oneshot::channel();
        let outgoing = Outgoing { topic: topic.to_owned(), payload: payload.into(), retain, told };
        // Whoever held the other ends is gone with the connection.
        self.outgoing.send(outgoing).await.map_err(|_| UpstreamRefused::NotConnected)?;
        answer.await.unwrap_or(Err(UpstreamRefused::NotConnected))
    }

    /// How it stands, now and from now on.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<UpstreamStatus> {
        self.status.subscribe()
    }

    /// Stays connected until `closing` is true: after each lost connection it pauses, a little longer each time, and
    /// connects again. What was with the sink when it closes is settled and acknowledged.
    pub async fn run(&self, mut closing: watch::Receiver<bool>) {
        // Who runs it twice waits for the first to end.
        let mut lasting = self.lasting.lock().await;
        let mut pause = PAUSE_SECONDS.0;
        while !*closing.borrow_and_update() {
            let ended = match self.connect(&mut lasting, &mut closing).await {
                Ok(()) => Ended::Closing,
                Err(ended) => ended,
            };
            // A sink that can't keep anything for now is given more time at each attempt, like a broker that is away.
            let is_fresh = self.status.borrow().is_connected && !matches!(ended, Ended::Unsaved(_));
            let problem = ended.to_string();
            tracing::warn!(host = %self.parts.host, %problem, "MQTT: the connection to the broker ended");
            self.status.send_modify(|status| {
                status.is_connected = false;
                status.problem = Some(problem);
            });
            // What no connection has taken is told so, not sent at some later time.
            while lasting.outgoing.try_recv().is_ok() {}
            pause = if is_fresh { PAUSE_SECONDS.0 } else { (pause * 2).min(PAUSE_SECONDS.1) };
            // A fleet of nodes doesn't come back in step.
            let part = u64::from(self.parts.surroundings.chance()[0]);
            let pause = Duration::from_millis(pause * 1_000 * (256 + part) / 512);
            tokio::select! {
                () = sleep(pause) => {}
                _ = closing.wait_for(|is_closing| *is_closing) => {}
            }
        }
    }

    async fn connect(&self, lasting: &mut Lasting, closing: &mut watch::Receiver<bool>) -> Result<(), Ended> {
        let patience = Duration::from_secs(ANSWER_SECONDS_MAX);
        let address = (self.parts.host.as_str(), self.parts.port);
        let stream = timeout(patience, TcpStream::connect(address)).await.map_err(|_| Ended::Silent)??;
        stream.set_nodelay(true)?;
        match &self.parts.tls {
            None => self.talk(stream, lasting, closing).await,
            Some((tls, name)) => {
                let handshake = tls.connect(name.clone(), stream);
                let stream = timeout(patience, handshake).await.map_err(|_| Ended::Silent)??;
                self.talk(stream, lasting, closing).await
            }
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite>(
        &self,
        stream: S,
        lasting: &mut Lasting,
        closing: &mut watch::Receiver<bool>,
    ) -> Result<(), Ended> {
        let mut talk = Talk::new(self, stream, lasting);
        let patience = Duration::from_secs(ANSWER_SECONDS_MAX);
        timeout(patience, talk.enter()).await.map_err(|_| Ended::Silent)??;
        self.status.send_modify(|status| {
            status.is_connected = true;
            status.problem = None;
        });
        let ended = talk.listen(closing).await;
        talk.leave(&ended).await;
        if matches!(ended, Ended::Closing) { Ok(()) } else { Err(ended) }
    }
}
