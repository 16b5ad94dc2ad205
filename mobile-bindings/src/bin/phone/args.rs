//! The arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// A field worker's phone on a command line.
///
/// Values are given as key=value, by the field's type: choices by their code, whole numbers, yes or
/// no, days as 2026-11-22, moments in milliseconds since 1970 UTC; nothing after the = clears.
/// Records are named by their id or a beginning of it that is unique, homes also by address code.
#[derive(Parser)]
#[command(name = "phone", version, max_term_width = 100)]
pub(crate) struct Args {
    /// The encrypted store; made if it is not there.
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
    /// The store's key, 64 hexadecimal digits. Without it the key is read from FILE.key, which is
    /// made with a new store: fit for trying things out, for a real phone use its key store.
    #[arg(long, value_name = "HEX", env = "DOORSTEP_STORE_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// One JSON document instead of lines.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language of the words; that of the terminal unless it is said.
    #[arg(long, global = true, value_enum)]
    lang: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A language.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// 中文
    Zh,
    /// English
    En,
}

impl Args {
    /// The language that was asked for.
    pub(crate) fn language(&self) -> Language {
        self.lang.unwrap_or_else(|| {
            let zh = std::env::var("LANG").is_ok_and(|lang| lang.starts_with("zh"));
            if zh { Language::Zh } else { Language::En }
        })
    }
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Enrol with an invitation (doorstep:enrol?…), or with --server and a code.
    Enrol {
        /// The invitation's text, or the code.
        code: String,
        /// The server's base address.
        #[arg(long)]
        server: Option<String>,
        /// What the list of devices shows.
        #[arg(long, default_value = "phone")]
        name: String,
    },
    /// The areas you have.
    Areas,
    /// Records, all or some.
    List {
        /// Of one area.
        #[arg(long)]
        area: Option<String>,
        /// premises, residency, visit or inspection.
        #[arg(long)]
        kind: Option<String>,
        /// About one home.
        #[arg(long, value_name = "PREMISES")]
        of: Option<String>,
        /// That hold a text.
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
    },
    #[command(flatten)]
    Look(crate::due::Look),
    /// A record: every field, its value, who wrote it and when; of a clash, all values.
    Show {
        /// The record.
        record: String,
    },
    /// The forms that an app draws its screens from: every field with what asks for it, when it is
    /// shown and when it must be filled in. With --json the whole description.
    Forms {
        /// premises, residency, visit or inspection.
        kind: Option<String>,
    },
    /// What is wrong with values, before they are saved.
    Check {
        /// The record; or premises, residency, visit or inspection, for a new one.
        of: String,
        /// key=value; state=submitted to ask what handing in would be refused for.
        values: Vec<String>,
    },
    /// Open a home by its standard address code.
    Open {
        /// The code.
        address_code: String,
        /// The area; by default the one whose code the address code begins with.
        #[arg(long)]
        area: Option<String>,
        /// key=value.
        values: Vec<String>,
    },
    /// Register a person's stay at a home.
    Register {
        /// The home.
        premises: String,
        /// key=value; document_type and document_number among them.
        values: Vec<String>,
    },
    /// Edit a record.
    Edit {
        /// The record.
        record: String,
        /// key=value.
        #[arg(required = true)]
        values: Vec<String>,
    },
    /// Write a visit to a home.
    Visit {
        /// The home.
        premises: String,
        /// met, no_answer, refused, vacant or moved_out.
        #[arg(long)]
        outcome: Option<String>,
        /// Hand it in.
        #[arg(long)]
        submit: bool,
        /// key=value.
        values: Vec<String>,
    },
    /// Write an inspection of a home.
    Inspect {
        /// The home.
        premises: String,
        /// An item of the checklist, as in gas=fail:note or wiring=pass.
        #[arg(long = "item", value_name = "ITEM=RESULT[:NOTE]")]
        items: Vec<String>,
        /// pass, rectify or unsafe.
        #[arg(long)]
        verdict: Option<String>,
        /// Hand it in.
        #[arg(long)]
        submit: bool,
        /// key=value.
        values: Vec<String>,
    },
    /// Keep a photo with a report.
    Photo {
        /// The report.
        report: String,
        /// A JPEG or PNG file.
        file: PathBuf,
        /// What it shows.
        #[arg(long)]
        caption: Option<String>,
    },
    /// Send and fetch.
    Sync {
        /// Try again until nothing is left, for at most so many seconds.
        #[arg(long, value_name = "SECONDS")]
        until_done: Option<u64>,
        /// Go on: wait for news and sync again, until Ctrl-C.
        #[arg(long, conflicts_with = "until_done")]
        follow: bool,
    },
    /// What has not arrived: how far it has come, how large it is, why it waits.
    Outbox,
    /// Write what has not arrived into one encrypted file, for a supervisor to hand to the server.
    Rescue {
        /// The file.
        out: PathBuf,
    },
    /// What needs you: refused work, clashes, returned reports.
    Attention,
    /// Your badge: a QR code that a resident can check, good for five minutes.
    Badge,
    /// What is on this phone, stored on the server, merged.
    Status,
    /// A fingerprint of every record, a JSON line each, for comparing with another copy.
    Digest,
}
