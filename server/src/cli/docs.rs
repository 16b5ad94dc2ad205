//! `doorstep docs`: pages that are made from the code.

use clap::{Args, ValueEnum};
use sync_protocol::{codes, records};

use crate::auth::permissions;

/// `doorstep docs …`.
#[derive(Args)]
pub(super) struct DocsArgs {
    page: Page,
}

/// A page of docs/.
#[derive(Clone, Copy, ValueEnum)]
enum Page {
    /// docs/records.md.
    Records,
    /// docs/forms.md.
    Forms,
    /// docs/error-codes.md.
    ErrorCodes,
    /// docs/permissions.md.
    Permissions,
}

/// Prints the page.
pub(super) fn docs(args: &DocsArgs) {
    let page = match args.page {
        Page::Records => records::catalogue::markdown(),
        Page::Forms => records::form::markdown(),
        Page::ErrorCodes => codes::markdown(),
        Page::Permissions => permissions::markdown(),
    };
    print!("{page}");
}
