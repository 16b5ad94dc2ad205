//! What a new configuration changes of the earlier ones that people may have written under: a key
//! keeps its type for ever, since a phone that was offline for weeks brings values of the old one.

use super::fault::{self, Fault};
use super::{Configuration, ExtraField};

/// What is wrong with a configuration as the next after these, the newest last; errors first.
pub fn changes(next: &Configuration, earlier: &[Configuration]) -> Vec<Fault> {
    let newest = earlier.last().map_or(0, |newest| newest.version);
    let mut found = Vec::new();
    if next.version != 0 && next.version != newest {
        found.push(Fault::at(&fault::STALE, "version"));
    }
    for (place, field) in next.extra.iter().enumerate() {
        let used = || earlier.iter().filter_map(|before| before.field(field.kind, &field.key));
        if used().any(|before| before.holds != field.holds) {
            found.push(Fault::at(&fault::TYPE_CHANGED, format!("extra[{place}].type")));
        }
        if used().next_back().is_some_and(|before| loses_a_choice(before, field)) {
            found.push(Fault::warning(&fault::CHOICE_GONE, format!("extra[{place}].choices")));
        }
    }
    for before in earlier.last().into_iter().flat_map(|newest| &newest.extra) {
        if next.field(before.kind, &before.key).is_none() {
            let path = format!("{} of {}", before.key, before.kind.code());
            found.push(Fault::warning(&fault::FIELD_GONE, path));
        }
    }
    found
}

fn loses_a_choice(before: &ExtraField, now: &ExtraField) -> bool {
    let stays = |code: &str| now.choices.iter().any(|choice| choice.code == code);
    before.choices.iter().any(|choice| !stays(&choice.code))
}
