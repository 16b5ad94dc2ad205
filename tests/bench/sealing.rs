//! What sealing costs a push: the same phones and edits against a server that seals records and one that
//! leaves them as they are, in turns.

use crate::district::District;
use crate::push::{Crowd, areas_of};
use crate::{RUNS, figure};

/// Phones that push 25 edits each.
const PHONES: usize = 200;

/// Measures it.
pub(crate) fn sealing() {
    let open = District::hosted(areas_of(PHONES), true);
    let sealed = District::hosted(areas_of(PHONES), false);
    let mut in_the_open = Crowd::of(&open, PHONES);
    let mut under_keys = Crowd::of(&sealed, PHONES);
    let (mut rates, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // One round more than is counted: the first finds nothing warm.
    for round in 0..=2 * RUNS {
        let (of_open, of_sealed) =
            (in_the_open.round(&open, round), under_keys.round(&sealed, round));
        if round > 0 {
            bare.push(of_open);
            rates.push(of_sealed);
            ratios.push(of_sealed / of_open);
        }
    }
    figure::tell("push_in_the_open_edits_per_s", "edits/s", bare);
    figure::tell("push_sealed_edits_per_s", "edits/s", rates);
    figure::tell("push_sealed_ratio", "ratio", ratios);
}
