//! What became of pushed changes, read in one place.

use sync_protocol::wire::{Outcome, Response};

/// The outcome of each change of the push, in the order in which they stood.
pub fn outcomes(response: &Response) -> Vec<&Outcome> {
    response.verdicts.iter().collect()
}

/// The outcome of the only change of the push.
pub fn only(response: &Response) -> &Outcome {
    let outcomes = outcomes(response);
    let [outcome] = outcomes.as_slice() else { panic!("not one outcome: {outcomes:?}") };
    outcome
}

/// The code with which the only change of the push was refused.
pub fn code(response: &Response) -> &str {
    match only(response) {
        Outcome::Rejected { code, .. } => code,
        other => panic!("not refused: {other:?}"),
    }
}

/// Whether every change of the push is in the log now.
pub fn all_accepted(response: &Response) -> bool {
    let logged = |outcome: &&Outcome| {
        matches!(outcome, Outcome::Accepted { .. } | Outcome::Duplicate { .. })
    };
    !response.verdicts.is_empty() && outcomes(response).iter().all(logged)
}
