//! The microphone and the loudspeaker of this machine, as its system calls its usual ones.
//!
//! They are opened when something is recorded or played, and closed after it. On Linux the
//! sound server of the session is asked first, the driver if there is none.

use std::sync::Arc;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    ErrorKind, FromSample, Host, Sample, SampleFormat, SizedSample, Stream, StreamConfig,
    SupportedStreamConfig,
};

use super::DeviceError;
use super::device::{Microphone, OpenDevice, SoundDevices, Speaker, StreamShape, Trouble};
use super::ring::Ring;

/// The usual microphone of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemMicrophone;

/// The usual loudspeaker of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSpeaker;

/// Both of this machine; whether there are any shows when they are opened.
#[must_use]
pub fn devices() -> SoundDevices {
    SoundDevices {
        microphone: Arc::new(SystemMicrophone),
        speaker: Arc::new(SystemSpeaker),
    }
}

impl From<ErrorKind> for DeviceError {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::DeviceNotAvailable
            | ErrorKind::HostUnavailable
            | ErrorKind::UnsupportedOperation
            | ErrorKind::UnsupportedConfig => Self::Missing,
            ErrorKind::DeviceBusy | ErrorKind::PermissionDenied => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// What reaches the devices. The choice that the library makes by itself panics where there is none.
fn host() -> Result<Host, DeviceError> {
    let mut ids = cpal::available_hosts().into_iter();
    ids.find_map(|id| cpal::host_from_id(id).ok())
        .ok_or(DeviceError::Missing)
}

fn refused(error: &cpal::Error) -> DeviceError {
    error.kind().into()
}

/// What a running device may report, and what ends it.
fn watch(trouble: Trouble) -> impl FnMut(cpal::Error) + Send + 'static {
    move |error| match error.kind() {
        // It goes on: with another device, late, or with a gap.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun => {}
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => trouble.report(DeviceError::Lost),
        _ => trouble.report(DeviceError::Failed),
    }
}

fn shape(config: &SupportedStreamConfig) -> Result<StreamShape, DeviceError> {
    let shape = StreamShape {
        rate: config.sample_rate(),
        channels: usize::from(config.channels()),
    };
    if shape.rate == 0 || shape.channels == 0 {
        return Err(DeviceError::Failed);
    }
    Ok(shape)
}

fn running(stream: Stream, shape: StreamShape, trouble: Trouble) -> Result<OpenDevice, DeviceError> {
    stream.play().map_err(|error| refused(&error))?;
    Ok(OpenDevice {
        shape,
        trouble,
        keep: Box::new(stream),
    })
}

impl Microphone for SystemMicrophone {
    fn open(&self, into: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        let device = host()?.default_input_device().ok_or(DeviceError::Missing)?;
        let config = device.default_input_config().map_err(|error| refused(&error))?;
        let (shape, trouble) = (shape(&config)?, Trouble::default());
        let hear = Hear {
            device: &device,
            config: config.config(),
            into,
            trouble: &trouble,
        };
        let stream = match config.sample_format() {
            SampleFormat::I8 => hear.stream::<i8>(),
            SampleFormat::I16 => hear.stream::<i16>(),
            SampleFormat::I32 => hear.stream::<i32>(),
            SampleFormat::U8 => hear.stream::<u8>(),
            SampleFormat::U16 => hear.stream::<u16>(),
            SampleFormat::F32 => hear.stream::<f32>(),
            SampleFormat::F64 => hear.stream::<f64>(),
            _ => return Err(DeviceError::Failed),
        }?;
        running(stream, shape, trouble)
    }
}

struct Hear<'a> {
    device: &'a cpal::Device,
    config: StreamConfig,
    into: Arc<Ring>,
    trouble: &'a Trouble,
}

impl Hear<'_> {
    fn stream<T>(self) -> Result<Stream, DeviceError>
    where
        T: SizedSample + Send + 'static,
        f32: FromSample<T>,
    {
        let into = self.into;
        let channels = usize::from(self.config.channels).max(1);
        let heard = move |samples: &[T], _: &cpal::InputCallbackInfo| {
            for frame in samples.chunks_exact(channels) {
                into.push_frame(frame.iter().map(|sample| f32::from_sample(*sample)));
            }
        };
        self.device
            .build_input_stream(self.config, heard, watch(self.trouble.clone()), None)
            .map_err(|error| refused(&error))
    }
}

impl Speaker for SystemSpeaker {
    fn open(&self, from: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        let device = host()?.default_output_device().ok_or(DeviceError::Missing)?;
        let config = device.default_output_config().map_err(|error| refused(&error))?;
        let (shape, trouble) = (shape(&config)?, Trouble::default());
        let speak = Speak {
            device: &device,
            config: config.config(),
            from,
            trouble: &trouble,
        };
        let stream = match config.sample_format() {
            SampleFormat::I8 => speak.stream::<i8>(),
            SampleFormat::I16 => speak.stream::<i16>(),
            SampleFormat::I32 => speak.stream::<i32>(),
            SampleFormat::U8 => speak.stream::<u8>(),
            SampleFormat::U16 => speak.stream::<u16>(),
            SampleFormat::F32 => speak.stream::<f32>(),
            SampleFormat::F64 => speak.stream::<f64>(),
            _ => return Err(DeviceError::Failed),
        }?;
        running(stream, shape, trouble)
    }
}

struct Speak<'a> {
    device: &'a cpal::Device,
    config: StreamConfig,
    from: Arc<Ring>,
    trouble: &'a Trouble,
}

impl Speak<'_> {
    fn stream<T>(self) -> Result<Stream, DeviceError>
    where
        T: SizedSample + FromSample<f32> + Send + 'static,
    {
        let from = self.from;
        let mut frame = vec![0.0; usize::from(self.config.channels).max(1)];
        let spoken = move |samples: &mut [T], _: &cpal::OutputCallbackInfo| {
            speak(&from, &mut frame, samples);
        };
        self.device
            .build_output_stream(self.config, spoken, watch(self.trouble.clone()), None)
            .map_err(|error| refused(&error))
    }
}

/// Fills what a device asks for with whole frames, and with silence where there is none: what
/// comes late begins with its first channel again.
fn speak<T: Sample + FromSample<f32>>(from: &Ring, frame: &mut [f32], samples: &mut [T]) {
    for spoken in samples.chunks_mut(frame.len().max(1)) {
        if spoken.len() < frame.len() || !from.pop_frame(frame) {
            frame.fill(0.0);
        }
        for (sample, value) in spoken.iter_mut().zip(&*frame) {
            *sample = T::from_sample(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_late_or_is_gone_to_never_swaps_the_channels() {
        let ring = Ring::new(16);
        let mut frame = [0.0; 2];
        let mut asked = |ring: &Ring| {
            let mut samples = [9.0_f32; 6];
            speak(ring, &mut frame, &mut samples);
            samples
        };
        // Too little, and half a frame of it.
        for sample in [0.5, -0.5, 0.25] {
            ring.push(sample);
        }
        assert_eq!(asked(&ring), [0.5, -0.5, 0.0, 0.0, 0.0, 0.0]);
        ring.push(-0.25);
        assert_eq!(asked(&ring), [0.25, -0.25, 0.0, 0.0, 0.0, 0.0]);
        ring.push_frame([0.5, -0.5].into_iter());
        ring.discard();
        ring.push_frame([0.125, -0.125].into_iter());
        assert_eq!(asked(&ring), [0.125, -0.125, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(asked(&ring), [0.0; 6]);
    }
}
