//! The command, as a shell runs it: files in, files and words out, exit status.
#![cfg(feature = "cli")]

mod centring;
mod check;
mod choices;
mod compare;
mod demo;
mod divided;
mod failures;
mod html;
mod outputs;
mod pictures;
mod profile;
mod records;
mod score;
mod series;
mod stability;
mod support;
mod why;
mod why_real;
