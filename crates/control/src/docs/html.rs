//! Writing HTML: every text is escaped on its way in.

use std::fmt::Write as _;

/// HTML being written.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of our own, as it is.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// A text in which pieces between back-ticks are code and an empty line starts a paragraph.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        for paragraph in text
            .split("\n\n")
            .filter(|paragraph| !paragraph.trim().is_empty())
        {
            self.raw("<p>").words(paragraph).raw("</p>");
        }
        self
    }

    /// A text in which pieces between back-ticks are code.
    pub(super) fn words(&mut self, text: &str) -> &mut Self {
        for (at, piece) in text.split('`').enumerate() {
            if at % 2 == 1 {
                self.raw("<code>").text(piece).raw("</code>");
            } else {
                self.text(piece);
            }
        }
        self
    }

    /// A link to a place of this page.
    pub(super) fn link(&mut self, anchor: &str, text: &str) -> &mut Self {
        self.raw("<a href=\"#")
            .text(anchor)
            .raw("\">")
            .text(text)
            .raw("</a>")
    }

    /// The beginning of an element that others can link to.
    pub(super) fn anchored(&mut self, tag: &str, anchor: &str) -> &mut Self {
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "<{tag} id=\"");
        self.text(anchor).raw("\">")
    }

    /// The end of the writing.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// A name as an anchor: letters, digits and hyphens.
pub(super) fn anchor(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn no_text_becomes_markup() {
        let mut html = Html::default();
        html.prose("a <b> & `c\"d'` <script>");
        assert_eq!(
            html.finish(),
            "<p>a &lt;b&gt; &amp; <code>c&quot;d&#39;</code> &lt;script&gt;</p>"
        );
    }
}
