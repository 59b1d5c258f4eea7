//! `baotu mqtt-open`: a laboratory broker without accounts, for suites that test how brokers speak MQTT.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use baotu_doors::mqtt::open_broker;
use tokio::net::TcpListener;

use crate::listening::told_to_stop;
use crate::surroundings::RealSurroundings;

/// Where it listens when nothing else is said.
pub(super) const LISTEN_DEFAULT: &str = "127.0.0.1:1883";
/// What nobody may subscribe to when nothing else is said: the suite of Eclipse Paho wants to be refused one filter.
pub(super) const DENIED_DEFAULT: &str = "test/nosubscribe";

/// Serves until the process is told to stop; nothing is kept, everybody on this machine is let in.
pub(super) async fn run(listen: SocketAddr, denied_filters: Vec<String>) -> anyhow::Result<ExitCode> {
    if !listen.ip().is_loopback() {
        bail!("mqtt-open 不验证身份，只供本机测试：监听地址应为 127.0.0.1 或 [::1]，不能是 {}", listen.ip());
    }
    let listener = TcpListener::bind(listen).await.with_context(|| format!("不能监听 {listen}"))?;
    let broker = open_broker(Arc::new(RealSurroundings), denied_filters);
    println!("MQTT 试验\tmqtt://{}", listener.local_addr()?);
    tokio::select! {
        () = broker.serve(listener, None) => {}
        () = told_to_stop() => broker.close().await,
    }
    for (name, times) in broker.counts().refused {
        println!("  {name}\t{times}");
    }
    Ok(ExitCode::SUCCESS)
}
