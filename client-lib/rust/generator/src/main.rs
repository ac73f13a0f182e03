//! Writes the stubs of `src/generated` from a descriptor set: `generator DESCRIPTOR_SET FOLDER`.

use prost::Message;
use prost_types::FileDescriptorSet;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let (Some(set), Some(folder), None) = (words.next(), words.next(), words.next()) else {
        return Err("usage: generator DESCRIPTOR_SET FOLDER".into());
    };
    let descriptors = FileDescriptorSet::decode(&*std::fs::read(set)?)?;
    tonic_prost_build::configure()
        .out_dir(PathBuf::from(folder))
        // The tests have a server that answers as it is told; users need none.
        .server_mod_attribute(".", "#[cfg(test)]")
        .extern_path(".google.rpc", "::tonic_types::pb")
        .compile_fds(descriptors)?;
    Ok(())
}
