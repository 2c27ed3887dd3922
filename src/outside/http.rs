//! An HTTP endpoint answers: the question is posted, the answer is the body of a 2xx. No redirect is followed: what the
//! trainer set is asked, and nobody else.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};
use ureq_proto::http::{Request, Uri};

use crate::dialogue::turn::outside::{Failure, Why};
use crate::outside::answer::MOST;
use crate::progress::Progress;

/// How often a waiting connection is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// The longest one attempt to connect takes before it is looked whether to go on.
const ATTEMPT: Duration = Duration::from_secs(1);

/// The most bytes of an answer's head.
const HEAD: usize = 64 * 1024;

/// How much is written or read at a time, in bytes.
const PIECE: usize = 16 * 1024;

/// Posts a question and returns the answer's body. Looking up a host's name has the system's own patience; everything
/// after it ends within the limit.
pub(super) fn post(uri: &Uri, question: &[u8], limit: Duration, progress: &dyn Progress) -> Result<Vec<u8>, Failure> {
    let mut line = Line::open(uri, Wait { begun: Instant::now(), limit, progress })?;
    let request = Request::post(uri)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("content-length", question.len())
        .header("connection", "close")
        .body(())
        .map_err(unreached)?;
    let mut call = Call::new(request).map_err(unreached)?.proceed();
    let mut piece = vec![0; PIECE];
    while !call.can_proceed() {
        let written = call.write(&mut piece).map_err(unreached)?;
        line.write(&piece[..written])?;
    }
    let Some(SendRequestResult::SendBody(mut call)) = call.proceed().map_err(unreached)? else {
        return Err(unreached("no body to send"));
    };
    let mut sent = 0;
    while !call.can_proceed() {
        let (taken, written) = call.write(&question[sent..], &mut piece).map_err(unreached)?;
        line.write(&piece[..written])?;
        sent += taken;
    }
    let mut call = call.proceed().ok_or_else(|| unreached("no answer to wait for"))?;
    let status = loop {
        let (used, response) = call.try_response(&line.came, false).map_err(unreached)?;
        line.came.drain(..used);
        if let Some(response) = response {
            break response.status();
        }
        if line.came.len() > HEAD {
            return Err(Failure::new(Why::TooLong, HEAD));
        }
        if used == 0 && !line.read()? {
            return Err(cut_short());
        }
    };
    if !status.is_success() {
        return Err(Failure::new(Why::Status, status.as_u16()));
    }
    let Some(RecvResponseResult::RecvBody(mut call)) = call.proceed() else { return Ok(Vec::new()) };
    let mut body = Vec::new();
    loop {
        let (used, written) = call.read(&line.came, &mut piece).map_err(unreached)?;
        line.came.drain(..used);
        body.extend_from_slice(&piece[..written]);
        if body.len() > MOST {
            return Err(Failure::new(Why::TooLong, MOST));
        }
        // A body that ends with the connection is never known to be whole before.
        let ended = call.can_proceed() && !matches!(call.body_mode(), ureq_proto::BodyMode::CloseDelimited);
        if ended {
            return Ok(body);
        }
        if used == 0 && written == 0 && !line.read()? {
            return if call.can_proceed() { Ok(body) } else { Err(cut_short()) };
        }
    }
}

/// How long to wait, and whether to.
struct Wait<'p> {
    begun: Instant,
    limit: Duration,
    progress: &'p dyn Progress,
}

impl Wait<'_> {
    /// Returns the time left, unless there is none or somebody asked to stop.
    fn left(&self) -> Result<Duration, Failure> {
        self.progress.at(0, 0);
        if self.progress.stopped() {
            return Err(Failure::new(Why::Stopped, ""));
        }
        let left = self.limit.saturating_sub(self.begun.elapsed());
        if left.is_zero() { Err(Failure::new(Why::Late, self.limit.as_secs())) } else { Ok(left) }
    }
}

/// A connection, and what came over it and is not read yet.
struct Line<'p> {
    stream: TcpStream,
    came: Vec<u8>,
    wait: Wait<'p>,
}

impl<'p> Line<'p> {
    fn open(uri: &Uri, wait: Wait<'p>) -> Result<Self, Failure> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = uri.port_u16().unwrap_or(80);
        let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(unreached)?.collect();
        let mut last = unreached(format!("{host}:{port}"));
        for address in addresses {
            loop {
                match TcpStream::connect_timeout(&address, wait.left()?.min(ATTEMPT)) {
                    Ok(stream) => {
                        stream.set_read_timeout(Some(LOOK)).map_err(unreached)?;
                        stream.set_write_timeout(Some(LOOK)).map_err(unreached)?;
                        return Ok(Self { stream, came: Vec::new(), wait });
                    }
                    Err(error) if is_wait(&error) => {}
                    Err(error) => {
                        last = unreached(format!("{address}: {error}"));
                        break;
                    }
                }
            }
        }
        Err(last)
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Failure> {
        while !bytes.is_empty() {
            self.wait.left()?;
            match self.stream.write(bytes) {
                Ok(0) => return Err(cut_short()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if is_wait(&error) => {}
                Err(error) => return Err(unreached(error)),
            }
        }
        Ok(())
    }

    /// Waits for more; `false` when the other side has ended.
    fn read(&mut self) -> Result<bool, Failure> {
        let mut piece = vec![0; PIECE];
        loop {
            self.wait.left()?;
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    self.came.extend_from_slice(&piece[..read]);
                    return Ok(true);
                }
                Err(error) if is_wait(&error) => {}
                Err(error) => return Err(unreached(error)),
            }
        }
    }
}

fn is_wait(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

fn unreached(error: impl ToString) -> Failure {
    Failure::new(Why::Unreached, error)
}

fn cut_short() -> Failure {
    unreached(io::Error::from(ErrorKind::UnexpectedEof))
}
