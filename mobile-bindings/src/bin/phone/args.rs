//! The arguments: what every command has, and the commands by group, a file each in `commands/`.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::commands::{
    due, homes, identity, inspections, outbox, reading, reports, syncing, typing, visits,
};
use crate::{batch, swarm};

/// A field worker's phone on a command line.
///
/// Values are given as key=value, by the field's type: choices by their code, whole numbers, yes or
/// no, days as 2026-11-22, moments in milliseconds since 1970 UTC; nothing after the = clears.
/// Records are named by their id or a beginning of it that is unique, homes also by address code.
#[derive(Parser)]
#[command(name = "phone", version, max_term_width = 100, after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// The encrypted store; made if it is not there. Every command but swarm needs it.
    #[arg(long, value_name = "FILE", env = "DOORSTEP_STORE")]
    pub(crate) store: Option<PathBuf>,
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
    #[command(flatten)]
    Identity(identity::Command),
    #[command(flatten)]
    Reading(reading::Command),
    #[command(flatten)]
    Typing(typing::Command),
    #[command(flatten)]
    Homes(homes::Command),
    #[command(flatten)]
    Visits(visits::Command),
    #[command(flatten)]
    Inspections(inspections::Command),
    #[command(flatten)]
    Reports(reports::Command),
    #[command(flatten)]
    Due(due::Command),
    #[command(flatten)]
    Syncing(syncing::Command),
    #[command(flatten)]
    Outbox(outbox::Command),
    #[command(flatten)]
    Batch(batch::Command),
    #[command(flatten)]
    Swarm(swarm::Command),
}

const EXAMPLES: &str = "\
A day / 一天的工作:
  phone --store li.db enrol 'doorstep:enrol?server=…&code=…'   登记设备
  phone --store li.db sync                                     同步
  phone --store li.db list --kind premises                     辖区房屋
  phone --store li.db start-visit 210102001001032501           开始走访
  phone --store li.db edit 0195 remarks=楼道灯不亮             边问边记,随记随存
  phone --store li.db drafts                                   草稿及尚缺的项目
  phone --store li.db end-visit 0195 met card_shown=yes --submit
  phone --store li.db sync
  phone --store li.db status                                   哪些仍在本机

Exit codes / 退出码:
  0 done 完成; 1 refused, nothing was saved 未保存; 2 the command line is wrong 命令有误;
  3 the store 本机数据库; 4 the server cannot be reached 连不上服务器; 5 the server would not
  服务器拒绝; 6 not all is through, or phones do not agree 尚未全部完成或各机不一致.
  With --json the reason is {\"error\": {\"code\", \"field\", \"message\", \"remedy\", \"retry\"}}.

docs/phone.md tells more.";
