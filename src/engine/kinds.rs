//! What kind of dump an input is, told by its first decoded bytes, and who takes it then.

use bytes::Bytes;

use super::decode::{Feed, decode};
use super::lane::Lane;
use super::pipeline::{Consumer, Passed, Pipeline};
use super::sql::{SqlConsumer, SqlPipeline};
use crate::container::{Format, Sink, Trailing};
use crate::error::{Error, FilePlace, Result};
use crate::frame::History;
use crate::source::Input;
use crate::sql::{self, Guess};

/// Drives one input through the workers, an XML dump or an SQL dump.
pub(super) fn run_any_input<C: Consumer + SqlConsumer>(
    input: &Input,
    lane: &Lane<'_>,
    consumer: &mut C,
) -> Result<Passed> {
    run_any_input_after(None, input, lane, consumer).map(|(passed, _)| passed)
}

/// The same for an input that can go on with the last page of the one before: takes what that one has
/// left of the page's history, and gives what this one leaves.
pub(super) fn run_any_input_after<C: Consumer + SqlConsumer>(
    history: Option<History>,
    input: &Input,
    lane: &Lane<'_>,
    consumer: &mut C,
) -> Result<(Passed, Option<History>)> {
    let mut switch = Switch {
        input,
        lane,
        history,
        state: State::Undecided {
            consumer,
            held: Vec::new(),
        },
    };
    let decoded = decode(input, lane, &mut switch);
    match switch.decided() {
        Ok(switched) => switched.end(decoded),
        Err(error) => Err(error),
    }
}

struct Switch<'r, C: Consumer + SqlConsumer> {
    input: &'r Input,
    lane: &'r Lane<'r>,
    history: Option<History>,
    state: State<'r, C>,
}

enum State<'r, C: Consumer + SqlConsumer> {
    /// Too few bytes came; they are held.
    Undecided {
        consumer: &'r mut C,
        held: Vec<(Bytes, FilePlace)>,
    },
    Xml(Box<Pipeline<'r, C>>),
    Sql(Box<SqlPipeline<'r, C>>),
    /// Between two states.
    Moving,
}

impl<C: Consumer + SqlConsumer> Switch<'_, C> {
    /// Decides, where that is possible or `is_end`, and hands on what is held.
    fn decide(&mut self, is_end: bool) -> Result<()> {
        let State::Undecided { held, .. } = &self.state else {
            return Ok(());
        };
        let head: Vec<u8> = held
            .iter()
            .flat_map(|(bytes, _)| bytes.iter().copied().take(sql::HEAD_BYTES))
            .take(sql::HEAD_BYTES)
            .collect();
        let guess = sql::guess(&head);
        if guess == Guess::TooShort && !is_end {
            return Ok(());
        }
        let state = std::mem::replace(&mut self.state, State::Moving);
        let State::Undecided { consumer, held } = state else {
            return Err(Error::internal("an input is decided upon twice"));
        };
        self.state = match guess {
            Guess::Sql => State::Sql(Box::new(SqlPipeline::new(self.input, self.lane, consumer))),
            _ => {
                let mut pipeline = Pipeline::new(self.input, self.lane, consumer);
                pipeline.go_on(self.history.take());
                State::Xml(Box::new(pipeline))
            }
        };
        let feed = self.feed()?;
        held.into_iter()
            .try_for_each(|(bytes, place)| feed.data(bytes, place))
    }

    fn feed(&mut self) -> Result<&mut dyn Feed> {
        match &mut self.state {
            State::Xml(pipeline) => Ok(&mut **pipeline),
            State::Sql(pipeline) => Ok(&mut **pipeline),
            _ => Err(Error::internal("nobody takes an input")),
        }
    }

    fn decided_feed(&mut self) -> Result<&mut dyn Feed> {
        self.decide(true)?;
        self.feed()
    }

    fn decided(mut self) -> Result<Self> {
        match self.decide(true) {
            Ok(()) => Ok(self),
            Err(error) => self.end(Err(error)).and(Err(Error::internal("no end"))),
        }
    }

    fn end(self, decoded: Result<Format>) -> Result<(Passed, Option<History>)> {
        match self.state {
            State::Xml(mut pipeline) => {
                let passed = pipeline.close(decoded)?;
                Ok((passed, pipeline.take_history()))
            }
            State::Sql(pipeline) => pipeline.end(decoded).map(|passed| (passed, None)),
            _ => decoded.and(Err(Error::internal("nobody took an input"))),
        }
    }
}

impl<C: Consumer + SqlConsumer> Sink for Switch<'_, C> {
    fn data(&mut self, bytes: Bytes, place: FilePlace) -> Result<()> {
        match &mut self.state {
            State::Undecided { held, .. } => {
                held.push((bytes, place));
                self.decide(false)
            }
            _ => self.feed()?.data(bytes, place),
        }
    }

    fn next_document(&mut self) -> Result<()> {
        self.decided_feed()?.next_document()
    }

    fn piece_ended(&mut self) {
        // An error in what is held comes up again at the end.
        if let Ok(feed) = self.decided_feed() {
            feed.piece_ended();
        }
    }

    fn trailing(&mut self, trailing: Trailing) -> Result<()> {
        self.decided_feed()?.trailing(trailing)
    }
}

impl<C: Consumer + SqlConsumer> Feed for Switch<'_, C> {
    fn gap(&mut self, why: Error) -> Result<()> {
        self.decided_feed()?.gap(why)
    }
}
