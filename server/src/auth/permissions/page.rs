//! docs/permissions.md: both tables as people read them.

use std::fmt::Write as _;

use sync_protocol::records::{Kind, Role, Roles, Sensitivity};

use super::{Action, Sight, Who, sight_of, who};

const INTRODUCTION: &str = "# Permissions

Generated from `server/src/auth/permissions.rs` by `doorstep docs permissions`; a test keeps it fresh.

What a role may do, it may do in the areas where it is held and in all below them (`area`), and nowhere
else. Without credentials the answer is 401; with those of somebody who may not do it anywhere, 403; in
an area where they may not, 404, in the same words as for what does not exist.

## Actions

";

const SIGHT: &str = "
## Fields

What a role sees of a record through the server: `open`, `masked` (all but a few letters are stars), or
nothing (`-`). `phone` is the whole record on the phones of those who go to the door, in their areas
alone ([note 22](adr/0022-a-document-is-given-whole-or-not.md)).

";

/// The page.
pub fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    let labels = Role::ALL.map(|role| role.label().en.to_lowercase()).join(" | ");
    let _ = writeln!(page, "| action | 操作 | what | asked by | {labels} |");
    let _ = writeln!(page, "|---|---|---|---|{}", "---|".repeat(Role::ALL.len()));
    for action in Action::ALL {
        let label = action.label();
        let (by, roles) = asked_by(who(*action));
        let cells = Role::ALL.map(|role| if roles.has(role) { "area" } else { "-" }).join(" | ");
        let code = action.code();
        let _ = writeln!(page, "| `{code}` | {} | {} | {by} | {cells} |", label.zh, label.en);
    }
    page.push_str(SIGHT);
    let _ = writeln!(page, "| kind | field | 字段 | sensitivity | {labels} |");
    let _ = writeln!(page, "|---|---|---|---|{}", "---|".repeat(Role::ALL.len()));
    for kind in Kind::ALL {
        for field in kind.fields() {
            let cells = Role::ALL.map(|role| seen(role, field.sensitivity)).join(" | ");
            let (of, key) = (kind.code(), field.key);
            let (zh, sensitivity) = (field.label.zh, field.sensitivity.name());
            let _ = writeln!(page, "| {of} | `{key}` | {zh} | {sensitivity} | {cells} |");
        }
    }
    page
}

fn asked_by(who: Who) -> (&'static str, Roles) {
    match who {
        Who::Anybody => ("anybody", Roles::default()),
        Who::Phone(roles) => ("a phone that proved its key", roles),
        Who::OwnPhone => ("a phone that proved its key, for itself", Roles::default()),
        Who::RevokedPhone => ("a revoked phone that proved its key", Roles::default()),
        Who::SignedIn => ("whoever signed in, for themselves", Roles::default()),
        Who::Staff(roles) => ("staff who signed in", roles),
        Who::Operator => ("the server's command line", Roles::default()),
    }
}

fn seen(role: Role, sensitivity: Sensitivity) -> &'static str {
    match sight_of(role, sensitivity) {
        _ if Roles::FIELD.has(role) => "phone",
        Sight::Open => "open",
        Sight::Masked => "masked",
        Sight::Nothing => "-",
    }
}
