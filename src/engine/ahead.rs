//! Decoding ahead: what only one thread can decode is decoded by a thread of its own, while the
//! input's lane frames and collects.

use std::thread;
use std::time::Duration;

use bytes::Bytes;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::decode::Feed;
use super::pool::caught;
use super::progress::Stop;
use crate::container::{Sink, Trailing};
use crate::error::{Error, FilePlace, Result};

/// How many pieces may wait.  Containers give them in at most 512 KiB, so 2 MiB.
const WAITING_PIECES: usize = 4;
/// How often the lane looks whether it is to stop, where nothing comes: a pipe may be silent.
const LOOK_UP_EVERY: Duration = Duration::from_millis(100);

/// What a decoder tells, in its order.
enum Told {
    Data(Bytes, FilePlace),
    NextDocument,
    PieceEnded,
    Trailing(Trailing),
    End(Result<()>),
}

/// Runs `decode` on a thread of its own and hands on to `feed` what it tells.
///
/// The outcome is that of `feed`, should it fail, or else that of `decode`.  The thread is not
/// waited for: it ends when it next wants to tell something, but it may be blocked by a pipe.
pub(super) fn decode_ahead(
    decode: impl FnOnce(&mut dyn Sink) -> Result<()> + Send + 'static,
    stop: &Stop,
    feed: &mut dyn Feed,
) -> Result<()> {
    let (send, receive) = bounded(WAITING_PIECES);
    let decoder = move || {
        let mut teller = Teller(send);
        let outcome = caught("a decoder", || decode(&mut teller));
        // Nobody listens any more where the lane has given up.
        let _ = teller.tell(Told::End(outcome));
    };
    thread::Builder::new()
        .name("decoder".to_owned())
        .spawn(decoder)
        .map_err(|error| Error::io("cannot start a thread", error))?;
    hand_on(&receive, stop, feed)
}

fn hand_on(receive: &Receiver<Told>, stop: &Stop, feed: &mut dyn Feed) -> Result<()> {
    loop {
        match receive.recv_timeout(LOOK_UP_EVERY) {
            Ok(Told::Data(bytes, place)) => feed.data(bytes, place)?,
            Ok(Told::NextDocument) => feed.next_document()?,
            Ok(Told::PieceEnded) => feed.piece_ended(),
            Ok(Told::Trailing(trailing)) => feed.trailing(trailing)?,
            Ok(Told::End(outcome)) => return outcome,
            Err(RecvTimeoutError::Timeout) => stop.check()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::internal("a decoder was lost"));
            }
        }
    }
}

/// The decoder's end of the channel.
struct Teller(Sender<Told>);

impl Teller {
    /// Waits for a free place; fails where nobody listens any more, which ends the decoder.
    fn tell(&self, told: Told) -> Result<()> {
        self.0.send(told).map_err(|_| Error::cancelled())
    }
}

impl Sink for Teller {
    fn data(&mut self, bytes: Bytes, place: FilePlace) -> Result<()> {
        self.tell(Told::Data(bytes, place))
    }

    fn next_document(&mut self) -> Result<()> {
        self.tell(Told::NextDocument)
    }

    fn piece_ended(&mut self) {
        // Where nobody listens, the next thing told ends the decoder.
        let _ = self.tell(Told::PieceEnded);
    }

    fn trailing(&mut self, trailing: Trailing) -> Result<()> {
        self.tell(Told::Trailing(trailing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many pieces and then fails.
    struct Eater {
        pieces: usize,
        ended: usize,
    }

    impl Sink for Eater {
        fn data(&mut self, _: Bytes, _: FilePlace) -> Result<()> {
            self.pieces = self
                .pieces
                .checked_sub(1)
                .ok_or_else(|| Error::damaged("enough"))?;
            Ok(())
        }

        fn next_document(&mut self) -> Result<()> {
            Ok(())
        }

        fn piece_ended(&mut self) {
            self.ended += 1;
        }

        fn trailing(&mut self, _: Trailing) -> Result<()> {
            Ok(())
        }
    }

    impl Feed for Eater {
        fn gap(&mut self, why: Error) -> Result<()> {
            Err(why)
        }
    }

    fn run(
        pieces: usize,
        decode: impl FnOnce(&mut dyn Sink) -> Result<()> + Send + 'static,
    ) -> (Result<()>, usize) {
        let mut eater = Eater { pieces, ended: 0 };
        let outcome = decode_ahead(decode, &Stop::default(), &mut eater);
        (outcome, eater.ended)
    }

    fn endless(sink: &mut dyn Sink) -> Result<()> {
        loop {
            sink.data(Bytes::from_static(b"x"), FilePlace::About(0))?;
        }
    }

    #[test]
    fn either_side_may_fail() {
        let (outcome, _) = run(100, endless);
        assert_eq!(outcome.unwrap_err().message(), "enough");
        let (outcome, ended) = run(100, |sink| {
            sink.data(Bytes::from_static(b"x"), FilePlace::About(0))?;
            sink.piece_ended();
            Err(Error::damaged("cut"))
        });
        assert_eq!(outcome.unwrap_err().message(), "cut");
        assert_eq!(ended, 1, "what was told before the end has come");
    }

    #[test]
    fn a_panic_is_an_error() {
        let (outcome, _) = run(1, |_| panic!("on purpose"));
        assert_eq!(outcome.unwrap_err().message(), "a decoder panicked");
    }

    #[test]
    fn a_silent_decoder_does_not_keep_from_stopping() {
        let stop = Stop::default();
        stop.ask();
        let (hold, held) = bounded::<()>(0);
        let silent = move |_: &mut dyn Sink| {
            let _ = held.recv();
            Ok(())
        };
        let mut eater = Eater {
            pieces: 1,
            ended: 0,
        };
        let outcome = decode_ahead(silent, &stop, &mut eater);
        assert_eq!(outcome.unwrap_err().kind(), crate::ErrorKind::Cancelled);
        drop(hold);
    }
}
