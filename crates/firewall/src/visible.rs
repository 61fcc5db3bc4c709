//! Text as it is shown to people; it is made in the rules, whose reasons and commands are shown too.

pub use portcullis_policy::visible::{
    Excerpt, Layout, Piece, excerpt, is_unseen, pieces, visible, visible_block, visible_line,
};
