//! The form in which texts are compared: the same for what is typed and for what is stored.

/// Small letters and half-width signs, without spaces and the dots between parts of a name.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter(|c| !is_between(*c)).map(narrow).flat_map(char::to_lowercase).collect()
}

/// The digits alone: a telephone number however it was written.
pub(super) fn digits(text: &str) -> String {
    text.chars().map(narrow).filter(char::is_ascii_digit).collect()
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '·' | '•' | '・' | '.' | '．')
}

/// Full-width letters, digits and signs of an input method as the plain ones.
fn narrow(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ if matches!(c, '—' | '–' | '－') => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_however_it_is_typed() {
        assert_eq!(fold(" ５号楼－２０１ Ａ座"), "5号楼-201a座");
        assert_eq!(fold("买买提·阿不都 拉"), "买买提阿不都拉");
        assert_eq!(fold("Li Wei"), "liwei");
        assert_eq!(digits("+86 138-0000 １２３４"), "8613800001234");
    }
}
