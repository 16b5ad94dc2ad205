//! `doorstep oidc …`: the district's own identity provider.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::setup::read_password;
use crate::auth::Operator;
use crate::auth::staff::oidc::{self, Provider};
use crate::clock::now_ms;

/// `doorstep oidc …`.
#[derive(Subcommand)]
pub(super) enum OidcCommand {
    /// Sets the provider, once it has answered. The client's secret is read from standard input.
    Set(SetArgs),
    /// Shows what is set, but for the secret.
    Show,
    /// Forgets the provider: people sign in with passwords.
    Clear,
}

/// `doorstep oidc set …`.
#[derive(Args)]
pub(super) struct SetArgs {
    /// The provider's issuer URL.
    #[arg(long)]
    issuer: String,
    /// What this server is called there.
    #[arg(long)]
    client_id: String,
    /// Under which address browsers reach this server, e.g. https://doorstep.example.
    #[arg(long)]
    public_url: String,
    /// The claim that says who somebody is; one that nobody can change for themselves.
    #[arg(long, default_value = "sub")]
    claim: String,
    /// A value of `amr` that counts as a second factor (RFC 8176: mfa, otp, hwk …); without any, ours
    /// is asked for.
    #[arg(long)]
    factor: Vec<String>,
    /// Certificates (PEM) of the authority that vouches for the provider's address, where that is none
    /// that browsers know. No other authority is believed then.
    #[arg(long, value_name = "FILE")]
    authority_file: Option<PathBuf>,
}

/// Runs `doorstep oidc …`.
pub(super) fn oidc(database: &DatabaseArgs, command: OidcCommand) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let store = &database.store;
    match command {
        OidcCommand::Set(args) => {
            let provider = Provider {
                issuer: args.issuer,
                client_id: args.client_id,
                client_secret: read_password()?,
                public_url: args.public_url.trim_end_matches('/').to_owned(),
                claim: args.claim,
                factor_amr: args.factor,
                authority: args.authority_file.as_deref().map(read_authority).transpose()?,
            };
            oidc::set_provider(store, operator, &provider, (noted::operator(), now_ms()))?;
            println!("{} is the district's identity provider", provider.issuer);
            println!("register {} there as the redirect URI", oidc::redirect_uri(&provider));
            println!("accounts are bound to people by `doorstep person invite`");
        }
        OidcCommand::Show => match store.read(|db| oidc::show_provider(db, operator))? {
            None => println!("the district has no identity provider"),
            Some(provider) => show(&provider),
        },
        OidcCommand::Clear => {
            let by = (noted::operator(), now_ms());
            store.transaction(|db| oidc::clear_provider(db, operator, by.clone()))?;
            println!("the district has no identity provider any more");
        }
    }
    Ok(())
}

fn read_authority(file: &Path) -> Result<String, Failure> {
    let read = std::fs::read_to_string(file);
    Ok(read.map_err(|error| format!("{} cannot be read: {error}", file.display()))?)
}

fn show(provider: &Provider) {
    println!("issuer       {}", provider.issuer);
    println!("client id    {}", provider.client_id);
    println!("redirect URI {}", oidc::redirect_uri(provider));
    println!("claim        {}", provider.claim);
    let factor = provider.factor_amr.join(" ");
    println!("factor       {}", if factor.is_empty() { "ours" } else { &factor });
    let authority = if provider.authority.is_some() { "its own" } else { "public" };
    println!("authority    {authority}");
}
