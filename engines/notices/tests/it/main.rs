//! The engine of notices, from outside: a real store on each engine, real listeners as gateway and mail server.

mod given;
mod http;
mod inbox;
mod sending;
mod smtp;
mod texts;
