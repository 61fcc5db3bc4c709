//! Which characters an eye cannot see, or sees as something else.

/// Ranges of scalar values, both ends included, lowest first and apart from each other.
///
/// They are the general categories Cc, Cf, Co, Zl, Zp and Zs without the plain space, the property
/// `Default_Ignorable_Code_Point` (variation selectors and tags are in it) and the
/// noncharacters, all as of Unicode 16; and, as they are drawn as nothing or stand for something
/// else, U+2800 (an empty braille cell), U+FFFC (an object) and U+1D159 (a note without a head).
const RANGES: &[(u32, u32)] = &[
    (0x0, 0x1F),
    (0x7F, 0xA0),
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x600, 0x605),
    (0x61C, 0x61C),
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x115F, 0x1160),
    (0x1680, 0x1680),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2000, 0x200F),
    (0x2028, 0x202F),
    (0x205F, 0x206F),
    (0x2800, 0x2800),
    (0x3000, 0x3000),
    (0x3164, 0x3164),
    (0xE000, 0xF8FF),
    (0xFDD0, 0xFDEF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFC),
    (0xFFFE, 0xFFFF),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D159, 0x1D159),
    (0x1D173, 0x1D17A),
    (0x1FFFE, 0x1FFFF),
    (0x2FFFE, 0x2FFFF),
    (0x3FFFE, 0x3FFFF),
    (0x4FFFE, 0x4FFFF),
    (0x5FFFE, 0x5FFFF),
    (0x6FFFE, 0x6FFFF),
    (0x7FFFE, 0x7FFFF),
    (0x8FFFE, 0x8FFFF),
    (0x9FFFE, 0x9FFFF),
    (0xAFFFE, 0xAFFFF),
    (0xBFFFE, 0xBFFFF),
    (0xCFFFE, 0xCFFFF),
    (0xDFFFE, 0xE0FFF),
    (0xEFFFE, 0x10_FFFF),
];

/// Whether a character must be written out to be seen. A plain space is seen.
#[must_use]
pub fn is_unseen(char: char) -> bool {
    if matches!(char, ' '..='~') {
        return false;
    }
    let scalar = u32::from(char);
    RANGES
        .binary_search_by(|&(first, last)| {
            if last < scalar {
                std::cmp::Ordering::Less
            } else if first > scalar {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::{RANGES, is_unseen};

    #[test]
    fn the_table_is_in_order_and_without_overlap() {
        assert!(RANGES.iter().all(|(first, last)| first <= last));
        assert!(RANGES.is_sorted_by(|(_, last), (first, _)| last + 1 < *first));
    }

    #[test]
    fn what_the_standard_library_calls_a_control_or_a_space_is_unseen() {
        for char in ('\0'..=char::MAX).filter(|char| char.is_control() || char.is_whitespace()) {
            assert_eq!(is_unseen(char), char != ' ', "{:X}", u32::from(char));
        }
    }

    #[test]
    fn tricks_of_the_trade_are_unseen() {
        let tricks = "\u{AD}\u{34F}\u{61C}\u{180E}\u{200B}\u{200D}\u{200E}\u{202E}\u{2066}\u{2069}\
            \u{2800}\u{3164}\u{FE0F}\u{FEFF}\u{FFA0}\u{FFF9}\u{1D173}\u{E0001}\u{E0041}\u{E01EF}\
            \u{E000}\u{10FFFD}";
        for char in tricks.chars() {
            assert!(is_unseen(char), "{:X}", u32::from(char));
        }
    }

    #[test]
    fn letters_marks_and_signs_are_seen() {
        for char in "a~é\u{301}ßжא中😀—…￥\u{1F3FD}\u{FFFD}".chars() {
            assert!(!is_unseen(char), "{:X}", u32::from(char));
        }
    }
}
