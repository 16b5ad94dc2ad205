//! Pinyin: letters that were typed against characters. Each character may be given by its initial, by
//! all of its syllable or, where one stopped typing, by the beginning of it; by any of its readings.

use std::sync::LazyLock;

use pinyin::ToPinyinMulti;

/// Letters and digits as they were typed, without an apostrophe between syllables.
#[derive(Debug)]
pub(super) struct Letters(Vec<u8>);

/// Longer than any name or address that people spell; one bit each of a mask.
const MOST: usize = 60;

impl Letters {
    /// What was typed, if it can be pinyin; `v` and `ü` are the same.
    pub(super) fn of(folded: &str) -> Option<Self> {
        let typed: String = folded.replace('ü', "v").replace('\'', "");
        let fits = typed.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let spells = typed.bytes().any(|b| b.is_ascii_lowercase());
        (fits && spells && typed.len() <= MOST).then(|| Self(typed.into_bytes()))
    }

    /// Where in a text the letters begin to fit, if they do: how many characters in.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        let first = self.0.first().map_or(0, |first| bit_of(*first));
        text.char_indices()
            .enumerate()
            .filter(|(_, (_, c))| initials(*c) & first != 0)
            .find(|(_, (at, _))| text.get(*at..).is_some_and(|rest| self.fits(rest.chars())))
            .map(|(place, _)| place)
    }

    /// Whether they fit from the first of these characters on.
    fn fits(&self, chars: impl Iterator<Item = char>) -> bool {
        // Bit n: the first n letters are used up.
        let mut reached = 1_u64;
        for c in chars {
            let mut next = 0;
            for at in (0..self.0.len()).filter(|at| reached & (1 << at) != 0) {
                let rest = self.0.get(at..).unwrap_or_default();
                next |= taken(c, rest) << at;
            }
            if next >> self.0.len() != 0 {
                return true;
            }
            if next == 0 {
                return false;
            }
            reached = next;
        }
        false
    }
}

/// How many letters a character can take, as a mask. One that is left unfinished takes all.
fn taken(c: char, rest: &[u8]) -> u64 {
    if c.is_ascii() {
        return u64::from(rest.first().copied() == u8::try_from(c).ok()) << 1;
    }
    let readings = c.to_pinyin_multi().into_iter().flatten();
    readings.map(|reading| taken_by(&spelt(reading.plain()), rest)).fold(0, |all, one| all | one)
}

fn taken_by(syllable: &[u8], rest: &[u8]) -> u64 {
    if syllable.starts_with(rest) {
        return 1 << rest.len();
    }
    let mut taken = 0;
    if rest.starts_with(syllable) {
        taken |= 1 << syllable.len();
    }
    if syllable.first() == rest.first() {
        taken |= 2;
    }
    let two = syllable.get(..2).filter(|two| matches!(two, [b'z' | b'c' | b's', b'h']));
    if two.is_some_and(|two| rest.starts_with(two)) {
        taken |= 4;
    }
    taken
}

/// A syllable as it is typed: ü is on no keyboard.
fn spelt(plain: &str) -> Vec<u8> {
    plain.replace('ü', "v").into_bytes()
}

fn bit_of(letter: u8) -> u64 {
    match letter {
        b'a'..=b'z' => 1 << (letter - b'a'),
        b'0'..=b'9' => 1 << (26 + letter - b'0'),
        _ => 0,
    }
}

/// The characters of everyday use, from 一 on.
const FIRST: u32 = 0x4e00;

/// What each of them can begin with: 84 kB, made at the first search.
static INITIALS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let everyday = FIRST..=0x9fff;
    everyday.map(|c| char::from_u32(c).map_or(0, initials_of)).collect()
});

fn initials(c: char) -> u64 {
    if c.is_ascii() {
        return u8::try_from(c).map_or(0, bit_of);
    }
    let place = u32::from(c).checked_sub(FIRST).and_then(|place| usize::try_from(place).ok());
    let known = place.and_then(|place| INITIALS.get(place).copied());
    u64::from(known.unwrap_or_else(|| initials_of(c)))
}

fn initials_of(c: char) -> u32 {
    let readings = c.to_pinyin_multi().into_iter().flatten();
    let bits = readings.filter_map(|reading| spelt(reading.plain()).first().copied()).map(bit_of);
    bits.fold(0, |all, bit| all | u32::try_from(bit).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, typed: &str) -> Option<usize> {
        Letters::of(typed).and_then(|letters| letters.find(text))
    }

    #[test]
    fn initials_syllables_and_both_mixed_find_a_name() {
        for typed in ["zxm", "zhangxiaoming", "zhxm", "zhangxm", "zxiaom", "zhangxiao", "zhan", "z"]
        {
            assert_eq!(at("张晓明", typed), Some(0), "{typed}");
        }
        assert_eq!(at("张晓明", "xm"), Some(1));
        for typed in ["zm", "zhangm", "xmz", "zhangxiaomingg", "wang"] {
            assert_eq!(at("张晓明", typed), None, "{typed}");
        }
    }

    #[test]
    fn every_reading_of_a_character_finds_it() {
        for (text, typed) in [
            ("曾国强", ["zeng", "ceng", "zgq", "cgq"]),
            ("单雄信", ["shan", "dan", "sxx", "dxx"]),
            ("重庆", ["chongqing", "zhongqing", "cq", "zq"]),
            ("仇英", ["qiu", "chou", "qy", "cy"]),
            ("解晓东", ["xie", "jie", "xxd", "jxd"]),
            ("覃海", ["qin", "tan", "qh", "th"]),
            ("区志强", ["ou", "qu", "ozq", "qzq"]),
            ("查良", ["zha", "cha", "zhl", "cl"]),
            ("朴正", ["piao", "pu", "pz", "piaoz"]),
            ("盖叫天", ["ge", "gai", "gjt", "gaij"]),
            ("乐嘉", ["yue", "le", "yj", "lj"]),
            ("翟天", ["zhai", "di", "zt", "dt"]),
            ("吕绿", ["lv", "lü", "ll", "lvl"]),
        ] {
            typed.iter().for_each(|typed| assert_eq!(at(text, typed), Some(0), "{text} {typed}"));
        }
    }

    #[test]
    fn letters_and_digits_of_the_text_stand_for_themselves() {
        assert_eq!(at("学府路5号a座", "xfl5h"), Some(0));
        assert_eq!(at("学府路5号a座", "5haz"), Some(3));
        assert_eq!(at("学府路5号a座", "haoazuo"), Some(4));
        assert_eq!(at("西安", "xi'an"), Some(0));
        assert_eq!(at("先", "xi'an"), Some(0));
        assert_eq!(at("", "a"), None);
    }

    #[test]
    fn what_cannot_be_pinyin_is_not_taken_for_it() {
        for typed in ["", "123", "张", "a-b", &"a".repeat(61)] {
            assert!(Letters::of(typed).is_none(), "{typed}");
        }
        // A long text of one syllable is no maze.
        assert_eq!(at(&"啊".repeat(200), &format!("{}b", "a".repeat(59))), None);
    }
}
