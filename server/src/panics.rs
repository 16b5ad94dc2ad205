//! What is said of a panic. Its own words may quote what somebody wrote (a text that was cut in the
//! middle of a letter is quoted whole), so the log gets the place in our code and nothing else.

use std::panic::PanicHookInfo;

/// From now on panics are logged without their words.
pub fn keep_words_out() {
    std::panic::set_hook(Box::new(|info| tracing::error!(place = place(info), "a panic")));
}

/// File, line and column.
fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::panic::{catch_unwind, set_hook, take_hook};
    use std::sync::{Arc, Mutex};
    use std::thread;

    use super::*;

    #[test]
    fn of_a_panic_the_place_is_said_and_not_the_text_that_it_quotes() {
        let (mine, said) = (thread::current().id(), Arc::new(Mutex::new(Vec::new())));
        let (told, others) = (Arc::clone(&said), take_hook());
        // Other tests panic as they did.
        set_hook(Box::new(move |info| match thread::current().id() == mine {
            true => told.lock().unwrap().push((place(info), info.to_string())),
            false => others(info),
        }));
        let name = String::from("欧阳春晓");
        assert!(catch_unwind(|| name[..1].len()).is_err());
        let said = said.lock().unwrap();
        let (place, whole) = &said[0];
        assert!(whole.contains("欧阳春晓"), "the words quote it: {whole}");
        assert!(place.starts_with("server/src/panics.rs:"), "{place}");
        assert!(!place.contains("欧阳"));
    }
}
