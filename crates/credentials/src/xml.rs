//! The little of XML that the query APIs of AWS answer with.

/// The text of the first element of a name, without attributes and children.
///
/// Fails closed: what is written in another way is not there.
pub(crate) fn text(xml: &str, name: &str) -> Option<String> {
    let inside = inside(xml, name)?;
    (!inside.contains('<')).then(|| unescaped(inside))?
}

/// What stands between the tags of the first element of a name.
pub(crate) fn inside<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inside)
}

/// The texts of all elements of a name.
pub(crate) fn texts(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let pieces = xml.split(&open).skip(1);
    pieces
        .filter_map(|piece| unescaped(piece.split_once(&close)?.0))
        .collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        let (entity, after) = behind.split_once(';')?;
        plain.push_str(before);
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return None,
        });
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::{inside, text, texts};

    #[test]
    fn what_is_written_plainly_is_found_and_nothing_else() {
        let xml = "<A><B>x&amp;&lt;y</B><C><D>1</D><D>2</D></C><E a='1'>3</E><F>&#65;</F></A>";
        assert_eq!(text(xml, "B").as_deref(), Some("x&<y"));
        assert_eq!(inside(xml, "C"), Some("<D>1</D><D>2</D>"));
        assert_eq!(texts(xml, "D"), ["1", "2"]);
        for name in ["C", "E", "F", "G", "A"] {
            assert_eq!(text(xml, name), None, "{name}");
        }
        assert_eq!(text("<B>1", "B"), None);
    }
}
