use std::fmt;
use std::sync::Arc;
use tonic::metadata::MetadataMap;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// A channel whose calls carry credentials.
pub(crate) type Line = InterceptedService<Channel, CallCredentials>;

type Add = dyn Fn(&mut MetadataMap) -> Result<(), Status> + Send + Sync;

/// Call credentials are what is added to each call, such as a token; by default nothing.
#[derive(Clone, Default)]
pub(crate) struct CallCredentials(Option<Arc<Add>>);

impl CallCredentials {
    pub fn new(add: impl Fn(&mut MetadataMap) -> Result<(), Status> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(add)))
    }

    pub fn are_there(&self) -> bool {
        self.0.is_some()
    }

    pub fn on(&self, channel: Channel) -> Line {
        InterceptedService::new(channel, self.clone())
    }
}

impl Interceptor for CallCredentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(add) = &self.0 {
            add(request.metadata_mut())?;
        }
        Ok(request)
    }
}

impl fmt::Debug for CallCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("call credentials")
    }
}
