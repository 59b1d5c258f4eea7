//! Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), whole, in JSON and XML.
//!
//! | file | what it holds |
//! |---|---|
//! | `services` | the pack's services with the attributes that a program asks people for |
//! | `parameters` | what a request says: a query, a form, a form with a photo |
//! | `report` | a `POST request` checked against its service |
//! | `search` | a `GET requests` as a window of time, a status, a page |
//! | `requests` | the one who opens and finds requests, and what is public of one |
//! | `client` | the one who knows API keys; how often a key may report |
//! | `answer` | one tree, written as JSON or as XML |
//! | `refused` | the errors of GeoReport |
//! | `http` | the routes |
//!
//! # Invariants
//!
//! - What is answered is public: this door knows no reporter. What they said of themselves goes in and never out.
//! - It keeps nothing: every report is answered with its number at once, and a token is the id of a case.
//! - A field of a form that the service doesn't name can't be filled in from here.

mod answer;
mod client;
mod http;
mod parameters;
mod refused;
mod report;
mod requests;
mod search;
mod services;

pub use client::{ApiClient, ApiKeys, REPORTS_PER_MINUTE_MAX};
pub use http::{MEDIA_BYTES_MAX, Open311, Open311Parts, routes};
pub use parameters::{FORM_BYTES_MAX, PARAMETERS_MAX};
pub use refused::Refused;
pub use report::{Contact, DESCRIPTION_CHARACTERS_MAX, Report};
pub use requests::{BoxFuture, Fault, OpenFailed, Opened, PublicRequest, Requests};
pub use search::{DAYS_MAX, ROWS_MAX, ROWS_REACHED_MAX, Search};
pub use services::{Attribute, AttributeType, Service, ServiceProblem, Services};
