//! The one who opens and finds requests, and what is public of one. In a city, the engine of cases.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use baotu_vocabulary::{BlobId, CaseId, CategoryCode, Moment, Point, ProcedureName, Refusal};

use super::client::ApiClient;
use super::report::Report;
use super::search::Search;

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A fault of whoever is behind the door; told in the log only.
pub type Fault = Box<dyn Error + Send + Sync>;

/// Why a report was not opened.
#[derive(Debug)]
pub enum OpenFailed {
    /// The reporter's program may mend it.
    Refused(Box<dyn Refusal>),
    /// Ours.
    Fault(Fault),
}

/// A case that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its id.
    pub case: CaseId,
    /// Its number, which people are told.
    pub number: String,
}

/// What is public of a case.
///
/// Whoever fills it in answers for it: cases whose reporter asked to be kept secret are left out altogether, and
/// `description` and `address` are given only where they hold nothing about a person, as for reports that came in
/// through this door, whose reporters were told that they are published.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicRequest {
    /// Its number.
    pub number: String,
    /// The procedure it runs by.
    pub procedure: ProcedureName,
    /// Its category.
    pub category: CategoryCode,
    /// The name of its category.
    pub category_name: String,
    /// Whether something is still to be done.
    pub is_open: bool,
    /// How far it is, or what was answered.
    pub status_notes: Option<String>,
    /// What was reported.
    pub description: Option<String>,
    /// The unit in charge, once there is one.
    pub agency: Option<String>,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it last changed; of a closed one, when it was closed.
    pub changed_at: Moment,
    /// When it is due.
    pub due_at: Option<Moment>,
    /// Where, in words.
    pub address: Option<String>,
    /// Where.
    pub position: Option<Point>,
    /// A public picture of it.
    pub media_url: Option<String>,
}

/// Whoever opens and finds requests.
pub trait Requests: Send + Sync {
    /// Opens a case from a report.
    fn open<'a>(&'a self, report: Report, client: &'a ApiClient)
    -> BoxFuture<'a, Result<Opened, OpenFailed>>;

    /// Whether a report would be opened; nothing is kept. What its photos are is not looked at.
    fn check<'a>(&'a self, report: Report, client: &'a ApiClient) -> BoxFuture<'a, Result<(), OpenFailed>>;

    /// Keeps a photo for a report that follows; its type is found out from the bytes.
    fn keep_photo<'a>(
        &'a self,
        bytes: Vec<u8>,
        client: &'a ApiClient,
    ) -> BoxFuture<'a, Result<BlobId, OpenFailed>>;

    /// The public requests that a search means, newest first.
    fn search<'a>(&'a self, search: &'a Search) -> BoxFuture<'a, Result<Vec<PublicRequest>, Fault>>;

    /// The number of a public case; nothing when there is none.
    fn number<'a>(&'a self, case: CaseId) -> BoxFuture<'a, Result<Option<String>, Fault>>;
}
