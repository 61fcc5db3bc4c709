//! Small drawings. They never stand alone: a word is always beside them, or hidden with them.

use maud::{Markup, html};

/// A drawing of 16 by 16, in the colour of the text around it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Icon {
    /// An agent.
    Agent,
    /// A key.
    Key,
    /// Bars.
    Chart,
    /// A tick.
    Check,
    /// A folded corner of paper with lines.
    Document,
    /// A cross.
    Cross,
    /// A sheet on a sheet.
    Copy,
    /// A person.
    Person,
    /// Two people.
    People,
    /// Two upright bars.
    Pause,
    /// A gate, let down.
    Gate,
    /// A line that beats.
    Pulse,
    /// Rules.
    Rules,
    /// A flask.
    Flask,
    /// An inbox.
    Inbox,
    /// An exclamation mark in a triangle.
    Warning,
    /// An i in a circle.
    Info,
    /// An eye, struck through.
    Unseen,
    /// Three lines.
    Menu,
    /// An hourglass.
    Hourglass,
    /// A triangle that points on.
    Play,
    /// A ring around a dot.
    Reach,
    /// A clock.
    Clock,
    /// A spanner.
    Tool,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Agent => {
                "M8 1.5v2M4 3.5h8a1.5 1.5 0 0 1 1.5 1.5v6A1.5 1.5 0 0 1 12 12.5H4A1.5 1.5 0 0 1 2.5 11V5A1.5 1.5 0 0 1 4 3.5zM6 7v1.5M10 7v1.5M5.5 15h5"
            }
            Self::Key => {
                "M10.5 9.5a4 4 0 1 0-4-4c0 .5.1 1 .3 1.5L2 11.5V14h2.5v-2H6.5l2-2c.6.3 1.2-.5 2-.5zM11 5h.01"
            }
            Self::Chart => "M2 14h12M4 14V9M8 14V3M12 14V6",
            Self::Check => "M3 8.5l3.5 3.5L13 4.5",
            Self::Document => "M4 1.5h5l3.5 3.5v9.5H4zM9 1.5V5h3.5M6 8h4M6 11h4",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Person => {
                "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5"
            }
            Self::People => {
                "M6 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 6 8zM1.5 14c.4-2.7 2-4 4.5-4s4.1 1.3 4.5 4M10.5 2.8a2.7 2.7 0 0 1 0 5M12 10.3c1.5.5 2.3 1.7 2.5 3.7"
            }
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Gate => {
                "M2.5 14.5V7a5.5 5.5 0 0 1 11 0v7.5M6 2v12M10 2v12M2.5 6.5h11M2.5 10.5h11"
            }
            Self::Pulse => "M1.5 8h3l2-5 3 10 2-5h3",
            Self::Rules => "M2 4h6M12 4h2M10 2.5v3M2 8h2M8 8h6M6 6.5v3M2 12h6M12 12h2M10 10.5v3",
            Self::Flask => {
                "M6 1.5h4M6.5 1.5v5L2.5 13c-.4.8 0 1.5 1 1.5h9c1 0 1.4-.7 1-1.5l-4-6.5v-5M4.5 10.5h7"
            }
            Self::Inbox => "M2 9.5l2-7h8l2 7v4.5H2zM2 9.5h3.5c0 1.5 1 2.5 2.5 2.5s2.5-1 2.5-2.5H14",
            Self::Warning => "M8 2L1.5 13.5h13zM8 6.5v3.5M8 12v.01",
            Self::Info => "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 7.5v4M8 5v.01",
            Self::Unseen => {
                "M1.5 8s2.5-4.5 6.5-4.5S14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM2.5 14l11-12"
            }
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Hourglass => {
                "M4 1.5h8M4 14.5h8M5 1.5c0 3.5 2 4.5 3 6.5-1 2-3 3-3 6.5M11 1.5c0 3.5-2 4.5-3 6.5 1 2 3 3 3 6.5"
            }
            Self::Play => "M4.5 2.5l8 5.5-8 5.5z",
            Self::Reach => {
                "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::Clock => "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 2",
            Self::Tool => {
                "M10.5 1.5a3.5 3.5 0 0 0-3 5.2L2 12.2 3.8 14l5.5-5.5a3.5 3.5 0 0 0 4.9-4.3l-2.1 2.1-2.1-.4-.4-2.1 2-2a3.5 3.5 0 0 0-1.1-.3z"
            }
        }
    }

    /// The drawing. Programs that read pages aloud leave it out.
    #[must_use]
    pub fn draw(self) -> Markup {
        html! {
            svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
                path d=(self.path()) {}
            }
        }
    }
}
