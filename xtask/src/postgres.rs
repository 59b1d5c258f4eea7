//! A throw-away PostgreSQL on a free loopback port, for tests; ended when the work is done.

mod server;

use server::Server;

/// Where the tests look for the server; the same name as `baotu_storage::testing::POSTGRES_VARIABLE`.
pub(crate) const URL_VARIABLE: &str = "BAOTU_TEST_POSTGRES";

/// Starts a server, does `work` with its URL, and ends the server whatever came of it.
pub(crate) fn with_server(work: impl FnOnce(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let server = Server::start()?;
    let done = work(&server.url());
    done.and(server.stop())
}
