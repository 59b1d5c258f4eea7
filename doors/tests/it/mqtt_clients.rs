//! Clients that nobody here wrote (`rumqttc`, both versions, over TLS), and our own client of a broker elsewhere.

use std::sync::Arc;
use std::time::Duration;

use baotu_doors::mqtt::{
    Limits, Principal, Protocol, Qos, Sink, Upstream, UpstreamParts, UpstreamRefused, tls, tls_client,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rumqttc::{TlsConfiguration, Transport};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::mqtt_lab::{Lab, Still, publish, subscribe};

const PATIENCE: Duration = Duration::from_secs(20);

/// A certificate of `localhost` for a broker, and its authority for clients.
fn certificate() -> (TlsAcceptor, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let authority = cert.der().clone();
    (tls(vec![authority.clone()], key).expect("they fit"), authority)
}

fn transport(authority: CertificateDer<'static>) -> Transport {
    let mut roots = RootCertStore::empty();
    roots.add(authority).expect("an authority");
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config)))
}

#[tokio::test]
async fn rumqttc_speaks_mqtt_3_1_1_over_tls() {
    let (acceptor, authority) = certificate();
    let lab = Lab::with(Limits::default(), Some(acceptor)).await;
    let mut options = rumqttc::MqttOptions::new("a", "localhost", lab.address.port());
    options.set_credentials("a", "a's").set_transport(transport(authority));
    let (client, mut events) = rumqttc::AsyncClient::new(options, 16);
    client.subscribe("things/a/#", rumqttc::QoS::ExactlyOnce).await.expect("asked");
    for (qos, payload) in
        [(rumqttc::QoS::AtMostOnce, "0"), (rumqttc::QoS::AtLeastOnce, "1"), (rumqttc::QoS::ExactlyOnce, "2")]
    {
        client.publish("things/a/x", qos, false, payload).await.expect("asked");
    }
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let event = timeout(PATIENCE, events.poll()).await.expect("in time").expect("no error");
        if let rumqttc::Event::Incoming(rumqttc::Packet::Publish(publish)) = event {
            heard.push((publish.qos as u8, String::from_utf8_lossy(&publish.payload).into_owned()));
        }
    }
    let expected = [(0, "0"), (1, "1"), (2, "2")].map(|(qos, payload)| (qos, payload.to_owned()));
    assert_eq!(heard, expected);
    assert_eq!(lab.book.kept().len(), 3);
}

#[tokio::test]
async fn rumqttc_speaks_mqtt_5_over_tls() {
    use rumqttc::v5::mqttbytes::QoS;
    let (acceptor, authority) = certificate();
    let lab = Lab::with(Limits::default(), Some(acceptor)).await;
    let mut options = rumqttc::v5::MqttOptions::new("a", "localhost", lab.address.port());
    options.set_credentials("a", "a's").set_transport(transport(authority));
    let (client, mut events) = rumqttc::v5::AsyncClient::new(options, 16);
    client.subscribe("things/a/#", QoS::ExactlyOnce).await.expect("asked");
    let properties = rumqttc::v5::mqttbytes::v5::PublishProperties {
        response_topic: Some("things/a/answer".to_owned()),
        user_properties: vec![("路".to_owned(), "泉城路".to_owned())],
        ..Default::default()
    };
    for (qos, payload) in [(QoS::AtMostOnce, "0"), (QoS::AtLeastOnce, "1"), (QoS::ExactlyOnce, "2")] {
        let asked = client.publish_with_properties("things/a/x", qos, false, payload, properties.clone());
        asked.await.expect("asked");
    }
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let event = timeout(PATIENCE, events.poll()).await.expect("in time").expect("no error");
        if let rumqttc::v5::Event::Incoming(rumqttc::v5::Incoming::Publish(publish)) = event {
            assert_eq!(publish.properties, Some(properties.clone()));
            heard.push((publish.qos as u8, String::from_utf8_lossy(&publish.payload).into_owned()));
        }
    }
    let expected = [(0, "0"), (1, "1"), (2, "2")].map(|(qos, payload)| (qos, payload.to_owned()));
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn a_connection_that_is_no_tls_is_refused_and_counted() {
    let (acceptor, _) = certificate();
    let lab = Lab::with(Limits::default(), Some(acceptor)).await;
    lab.raw().await.shout(&publish(0x30, false, "things/a/x", 0, "1")).await;
    lab.until_refused("tls_handshake", 1).await;
}

/// A node of a city that subscribes to a broker elsewhere.
struct Node {
    upstream: Arc<Upstream>,
    closing: watch::Sender<bool>,
    running: tokio::task::JoinHandle<()>,
}

impl Node {
    fn new(
        elsewhere: &Lab,
        name: &str,
        protocol: Protocol,
        tls: Option<TlsConnector>,
        sink: Arc<dyn Sink>,
    ) -> Self {
        let upstream = Arc::new(Upstream::new(UpstreamParts {
            host: "localhost".to_owned(),
            port: elsewhere.address.port(),
            tls: tls.map(|tls| (tls, ServerName::try_from("localhost").expect("a name"))),
            protocol,
            client_id: name.to_owned(),
            username: Some("city".to_owned()),
            password: Some("city's".to_owned()),
            group: Some("nodes".to_owned()),
            filters: vec!["things/#".to_owned()],
            qos: Qos::ExactlyOnce,
            principal: Principal::from("elsewhere"),
            sink,
            surroundings: Arc::new(Still::default()),
        }));
        let (closing, told) = watch::channel(false);
        let running = tokio::spawn({
            let upstream = Arc::clone(&upstream);
            async move { upstream.run(told).await }
        });
        Self { upstream, closing, running }
    }

    async fn until(&self, what: &str, holds: impl Fn(&baotu_doors::mqtt::UpstreamStatus) -> bool) {
        let mut status = self.upstream.status();
        let waited = timeout(PATIENCE, status.wait_for(|status| holds(status))).await;
        assert!(waited.is_ok(), "{what} never came: {:?}", self.upstream.status().borrow());
    }

    async fn close(self) {
        self.closing.send_replace(true);
        timeout(PATIENCE, self.running).await.expect("closed in time").expect("no panic");
    }
}

#[tokio::test]
async fn nodes_share_the_messages_of_a_broker_elsewhere_over_tls() {
    let (acceptor, authority) = certificate();
    let elsewhere = Lab::with(Limits::default(), Some(acceptor)).await;
    let here = [Lab::new().await, Lab::new().await];
    let connector = tls_client(vec![authority]).expect("an authority");
    let mut nodes = Vec::new();
    for (lab, (name, protocol)) in here.iter().zip([("one", Protocol::V5), ("two", Protocol::V311)]) {
        let sink = Arc::clone(&lab.book) as Arc<dyn Sink>;
        nodes.push(Node::new(&elsewhere, name, protocol, Some(connector.clone()), sink));
    }
    for node in &nodes {
        node.until("connected", |status| status.is_connected).await;
    }
    for (count, qos) in
        [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce, Qos::ExactlyOnce].iter().enumerate()
    {
        let told = elsewhere.broker.publish("things/a/x", count.to_string(), *qos, false);
        assert_eq!(told.map(|told| told.connected), Ok(1));
    }
    for node in &nodes {
        node.until("two messages", |status| status.accepted == 2).await;
    }
    let mut kept = here.iter().flat_map(|lab| lab.book.kept()).collect::<Vec<_>>();
    kept.sort();
    assert_eq!(kept, ["things/a/x 0", "things/a/x 1", "things/a/x 2", "things/a/x 3"]);
    for node in nodes {
        node.close().await;
    }
    elsewhere.until("everyone to be gone", |lab| lab.broker.counts().connected == 0).await;
}

#[tokio::test]
async fn a_command_goes_out_by_the_broker_elsewhere_and_is_answered_when_it_has_it() {
    let limits = Limits { packet_bytes_max: 4_096, ..Limits::default() };
    let (elsewhere, here) = (Lab::with(limits, None).await, Lab::new().await);
    let (mut device, _) = elsewhere.device("a", true).await;
    device.say(&subscribe(false, "things/a/do", 1)).await;
    device.hear().await;
    let node = Node::new(&elsewhere, "one", Protocol::V5, None, Arc::clone(&here.book) as Arc<dyn Sink>);
    assert_eq!(node.upstream.publish("things/a/do", "1", false).await, Err(UpstreamRefused::NotConnected));
    node.until("connected", |status| status.is_connected).await;
    assert_eq!(node.upstream.publish("things/a/do", "1", false).await, Ok(()));
    assert_eq!(device.hear().await, publish(0x32, false, "things/a/do", 1, "1"));
    for (topic, payload, refused) in [
        ("things/+/do", "1".to_owned(), UpstreamRefused::Topic),
        ("things/a/bad", "1".to_owned(), UpstreamRefused::Refused(0x99)),
        ("things/a/do", "x".repeat(4_096), UpstreamRefused::Refused(0x95)),
    ] {
        assert_eq!(node.upstream.publish(topic, payload, false).await, Err(refused), "{topic}");
    }
    let (publishing, closing) = (Arc::clone(&node.upstream), node.closing.clone());
    let unanswered = tokio::spawn(async move { publishing.publish("things/a/slow", "1", false).await });
    elsewhere.until("with the sink", |lab| lab.book.kept().len() == 1 && lab.book.asked() == 3).await;
    closing.send_replace(true);
    assert_eq!(unanswered.await.expect("no panic"), Err(UpstreamRefused::NotConnected));
    elsewhere.book.release(1);
    node.close().await;
}

#[tokio::test]
async fn a_message_that_could_not_be_kept_is_left_to_the_broker_elsewhere() {
    let (elsewhere, here) = (Lab::new().await, Lab::new().await);
    let sink = Arc::clone(&here.book) as Arc<dyn Sink>;
    let node = Node::new(&elsewhere, "one", Protocol::V5, None, Arc::clone(&sink));
    node.until("connected", |status| status.is_connected).await;
    for topic in ["things/a/bad", "things/a/full"] {
        assert!(elsewhere.broker.publish(topic, "x", Qos::AtLeastOnce, false).is_ok());
    }
    here.until("a third question", |lab| lab.book.asked() == 3).await;
    assert_eq!(node.upstream.status().borrow().refused, 1, "what is refused for good is acknowledged so");
    node.close().await;
    assert_eq!(elsewhere.broker.counts().sessions, 1, "which keeps what was not acknowledged");
}

#[tokio::test]
async fn closing_acknowledges_what_the_sink_has_yet_to_settle() {
    let (elsewhere, here) = (Lab::new().await, Lab::new().await);
    let sink = Arc::clone(&here.book) as Arc<dyn Sink>;
    let node = Node::new(&elsewhere, "one", Protocol::V5, None, sink);
    node.until("connected", |status| status.is_connected).await;
    assert!(elsewhere.broker.publish("things/a/slow", "x", Qos::AtLeastOnce, false).is_ok());
    here.until("with the sink", |lab| lab.book.asked() == 1).await;
    node.closing.send_replace(true);
    here.book.release(1);
    node.close().await;
    // Who comes back under the name finds nothing left to be sent again.
    let (mut same, present) = elsewhere.device5_as("one", "city").await;
    assert!(present);
    same.is_quiet().await;
}
