//! How a client comes in: CONNECT is read, the gate asked, the session taken, CONNACK sent (3.1, 3.2).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

use super::broker::Shared;
use super::codec::{Broken, Connack, Connect, Packet, Properties, Protocol, encode, reason};
use super::gate::{ConnectRefused, Connecting, Principal};
use super::line::{Line, Moved};
use super::session::{Agreed, Will};
use super::sessions::Attached;
use super::sink::{Extras, Publish};
use super::topic::{is_topic, is_within};

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) peer: SocketAddr,
    pub(crate) is_tls: bool,
}

/// A client that is in.
pub(crate) struct Entered {
    pub(crate) name: Arc<str>,
    pub(crate) principal: Principal,
    pub(crate) protocol: Protocol,
    /// Told when the session has something for the client.
    pub(crate) wake: Arc<Notify>,
    /// The client is gone when nothing is heard for so long.
    pub(crate) silence_max: Option<Duration>,
    /// Whether reasons may be told in words (3.1.2.11.7).
    pub(crate) wants_words: bool,
    /// Whether the session was to end with its connection (3.14.2.2.2).
    pub(crate) is_passing: bool,
}

/// Why a client did not come in.
enum Stopped {
    /// The other side closed before it had sent a whole CONNECT.
    Left,
    /// What it sent is wrong, or late.
    Broken(Broken, Option<Protocol>),
    /// It is refused: the name that is counted, and the codes for 3.1.1 and 5; no code closes the connection.
    Refused { name: &'static str, protocol: Protocol, v3: Option<u8>, v5: u8, words: String },
}

/// Lets a client in on `line`, or tells it why not; the client is counted either way.
pub(crate) async fn enter<S: AsyncRead + AsyncWrite>(
    shared: &Shared,
    line: &mut Line<S>,
    origin: Origin,
) -> Option<Entered> {
    let deadline = Instant::now() + Duration::from_secs(shared.limits.connect_seconds_max);
    let stopped = match come_in(shared, line, origin, deadline).await {
        Ok(entered) => return Some(entered),
        Err(stopped) => stopped,
    };
    let told = match stopped {
        Stopped::Left => None,
        Stopped::Broken(broken, protocol) => {
            shared.sessions().count(broken.name(), 1);
            tracing::debug!(peer = %origin.peer, reason = broken.name(), "an MQTT client is not let in");
            match (broken, protocol) {
                // MQTT-3.1.2-2 of 3.1.1, for whoever speaks an older version.
                (Broken::ProtocolLevel { level: 0..4 }, _) => Some((Protocol::V311, 1, String::new())),
                (Broken::ProtocolLevel { .. }, _) | (_, Some(Protocol::V5)) => {
                    Some((Protocol::V5, broken.reason(), broken.to_string()))
                }
                // A CONNECT of 3.1.1 that is not valid is closed without a CONNACK (MQTT-3.1.4-1).
                _ => None,
            }
        }
        Stopped::Refused { name, protocol, v3, v5, words } => {
            shared.sessions().count(name, 1);
            tracing::debug!(peer = %origin.peer, reason = name, "an MQTT client is not let in");
            let code = if protocol == Protocol::V5 { Some(v5) } else { v3 };
            code.map(|code| (protocol, code, words))
        }
    };
    if let Some((protocol, code, words)) = told {
        let reason_string = (!words.is_empty()).then_some(words);
        let properties = Properties { reason_string, ..Properties::default() };
        let connack = Connack { session_present: false, code, properties };
        encode(&Packet::Connack(Box::new(connack)), protocol, &mut line.said);
    }
    // The client is refused whether or not it reads why.
    let _ = timeout(shared.say_last(), line.finish()).await;
    let _ = timeout(shared.linger(), line.linger()).await;
    None
}

async fn come_in<S: AsyncRead + AsyncWrite>(
    shared: &Shared,
    line: &mut Line<S>,
    origin: Origin,
    deadline: Instant,
) -> Result<Entered, Stopped> {
    let connect = timeout_at(deadline, first_packet(shared, line))
        .await
        .unwrap_or(Err(Stopped::Broken(Broken::ConnectSlow, None)))?;
    let protocol = connect.protocol;
    let refused = |name, v3, v5, words: &str| {
        Err(Stopped::Refused { name, protocol, v3: Some(v3), v5, words: words.to_owned() })
    };
    if connect.properties.auth_method.is_some() {
        return refused("auth_method", 5, reason::AUTH_METHOD, "不支持增强认证");
    }
    let assigned = connect.client_id.is_empty().then(|| shared.fresh_client_id());
    // MQTT-3.1.3-8 of 3.1.1: a session without a name can't be found again.
    if assigned.is_some() && protocol == Protocol::V311 && !connect.clean
        || connect.client_id.len() > shared.limits.client_id_bytes_max
    {
        return refused("client_id", 2, reason::CLIENT_ID, "客户端标识符无效");
    }
    let name: Arc<str> = Arc::from(assigned.as_deref().unwrap_or(&connect.client_id));
    let principal = ask_gate(shared, &connect, &name, origin, deadline).await?;
    let will = will(shared, &connect, &principal)?;

    let properties = &connect.properties;
    let asked_expiry = match protocol {
        Protocol::V5 => properties.session_expiry.unwrap_or(0),
        Protocol::V311 if connect.clean => 0,
        Protocol::V311 => u32::MAX,
    };
    let agreed = Agreed {
        is_clean: connect.clean,
        expiry_seconds: asked_expiry,
        protocol,
        receive_maximum: properties.receive_maximum.unwrap_or(u16::MAX),
        packet_bytes_max: properties.maximum_packet.unwrap_or(u32::MAX),
        aliases_max: properties.topic_alias_maximum.unwrap_or(0),
        will,
    };
    let (present, wake) = attach(shared, &name, &principal, agreed).await?;

    let limits = &shared.limits;
    let v5 = protocol == Protocol::V5;
    let is_held = v5 && (connect.keep_alive == 0 || connect.keep_alive > limits.keep_alive_seconds_max);
    let keep_alive = if is_held { limits.keep_alive_seconds_max } else { connect.keep_alive };
    let granted_expiry = asked_expiry.min(limits.session_seconds_max);
    let connack = Connack {
        session_present: present,
        code: reason::SUCCESS,
        properties: Properties {
            session_expiry: (granted_expiry != asked_expiry).then_some(granted_expiry),
            receive_maximum: Some(limits.publishes_in_flight_max),
            maximum_packet: Some(limits.packet_bytes_max),
            topic_alias_maximum: Some(limits.topic_aliases_max),
            assigned_client_id: assigned,
            server_keep_alive: is_held.then_some(keep_alive),
            ..Properties::default()
        },
    };
    encode(&Packet::Connack(Box::new(connack)), protocol, &mut line.said);
    shared.gate.connected(&principal, &name);
    Ok(Entered {
        name,
        principal,
        protocol,
        wake,
        silence_max: (keep_alive > 0).then(|| Duration::from_millis(u64::from(keep_alive) * 1_500)),
        wants_words: properties.request_problem.unwrap_or(true),
        is_passing: asked_expiry == 0,
    })
}

async fn first_packet<S: AsyncRead + AsyncWrite>(
    shared: &Shared,
    line: &mut Line<S>,
) -> Result<Box<Connect>, Stopped> {
    loop {
        if line.heard().first().is_some_and(|first| first >> 4 != 1) {
            return Err(Stopped::Broken(Broken::ConnectMissing, None));
        }
        let protocol = spoken(line.heard());
        match line.packet(Protocol::V5, shared.limits.packet_bytes_max) {
            Ok(Some(Packet::Connect(connect))) => return Ok(connect),
            Ok(Some(_)) => return Err(Stopped::Broken(Broken::ConnectMissing, None)),
            Ok(None) => {}
            Err(broken) => return Err(Stopped::Broken(broken, protocol)),
        }
        if !matches!(line.moved(true).await, Ok(Moved::Heard | Moved::Said)) {
            return Err(Stopped::Left);
        }
    }
}

/// The version that a CONNECT says it speaks, as far as it is heard.
fn spoken(heard: &[u8]) -> Option<Protocol> {
    let name = heard.windows(7).take(5).find_map(|window| window.strip_prefix(b"\x00\x04MQTT"))?;
    match name {
        [4] => Some(Protocol::V311),
        [5] => Some(Protocol::V5),
        _ => None,
    }
}

async fn ask_gate(
    shared: &Shared,
    connect: &Connect,
    name: &Arc<str>,
    origin: Origin,
    deadline: Instant,
) -> Result<Principal, Stopped> {
    let protocol = connect.protocol;
    let connecting = Connecting {
        client_id: name,
        username: connect.username.as_deref(),
        password: connect.password.as_deref(),
        peer: origin.peer,
        is_tls: origin.is_tls,
        protocol,
    };
    let stopped = |name, v3, v5, words| Stopped::Refused { name, protocol, v3: Some(v3), v5, words };
    match timeout_at(deadline, shared.gate.authenticate(connecting)).await {
        Ok(Ok(allowed)) => Ok(allowed.principal),
        Ok(Err(refused)) => {
            let (v3, v5) = match &refused {
                ConnectRefused::Credentials => (4, reason::CREDENTIALS),
                ConnectRefused::NotAuthorised => (5, reason::NOT_AUTHORISED),
                ConnectRefused::ClientId => (2, reason::CLIENT_ID),
                ConnectRefused::Fault(fault) => {
                    tracing::error!(fault = fault.as_ref(), client_id = %name, "MQTT: the gate failed");
                    (3, reason::UNAVAILABLE)
                }
            };
            Err(stopped(refused.name(), v3, v5, refused.to_string()))
        }
        Err(_) => Err(stopped("gate_slow", 3, reason::UNAVAILABLE, String::new())),
    }
}

fn will(shared: &Shared, connect: &Connect, principal: &Principal) -> Result<Option<Box<Will>>, Stopped> {
    let Some(will) = &connect.will else { return Ok(None) };
    let protocol = connect.protocol;
    let answers = will.properties.response_topic.as_deref();
    if !is_topic(&will.topic)
        || !is_within(&will.topic, &shared.limits)
        || answers.is_some_and(|topic| !is_topic(topic))
    {
        return Err(Stopped::Broken(Broken::TopicInvalid, Some(protocol)));
    }
    if !shared.gate.may_publish(principal, &will.topic) {
        let (name, v5, words) =
            ("will_not_authorised", reason::NOT_AUTHORISED, "遗嘱的主题不允许".to_owned());
        return Err(Stopped::Refused { name, protocol, v3: Some(5), v5, words });
    }
    let publish = Publish {
        topic: will.topic.clone(),
        payload: will.payload.clone(),
        qos: will.qos,
        retain: will.retain,
        duplicate: false,
        extras: extras(&will.properties),
        received: shared.surroundings.now(),
    };
    let delay_seconds = will.properties.will_delay.unwrap_or(0);
    Ok(Some(Box::new(Will { principal: Arc::clone(principal), publish, delay_seconds })))
}

/// What is passed on of a packet's properties.
pub(crate) fn extras(properties: &Properties) -> Extras {
    Extras {
        payload_is_text: properties.payload_is_text,
        expiry_seconds: properties.message_expiry,
        content_type: properties.content_type.clone(),
        response_topic: properties.response_topic.clone(),
        correlation: properties.correlation.clone(),
        user: properties.user.clone(),
    }
}

/// Takes the session, once the connection that speaks for it has settled and gone.
async fn attach(
    shared: &Shared,
    name: &Arc<str>,
    principal: &Principal,
    agreed: Agreed,
) -> Result<(bool, Arc<Notify>), Stopped> {
    let protocol = agreed.protocol;
    let deadline = Instant::now() + Duration::from_secs(shared.limits.settle_seconds_max);
    let stopped = |name, v3, v5, words: &str| {
        Err(Stopped::Refused { name, protocol, v3: Some(v3), v5, words: words.to_owned() })
    };
    loop {
        let (now, mut wills) = (Instant::now(), Vec::new());
        let attached = shared.sessions().attach(name, principal, agreed.clone(), now, &mut wills);
        for will in wills {
            shared.publish_will(will).await;
        }
        match attached {
            Attached::Done { present, wake } => return Ok((present, wake)),
            Attached::Wait(gone) => {
                if timeout_at(deadline, gone).await.is_err() {
                    return stopped("session_unsettled", 3, reason::BUSY, "上一个连接还没有处理完");
                }
            }
            Attached::OfAnother => {
                return stopped("session_of_another", 2, reason::CLIENT_ID, "客户端标识符不属于这个用户");
            }
            Attached::Full => return stopped("sessions_full", 3, reason::QUOTA, "会话已满"),
        }
    }
}
