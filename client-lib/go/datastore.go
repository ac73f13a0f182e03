package datastored

import (
	"strings"

	pb "datastored.io/client/datastoredv1"
)

// An Operation is what a holder wants to do with a datastore.
type Operation int32

// The operations that are counted.
const (
	// Read is any input/output that only reads.
	Read = Operation(pb.Operation_OPERATION_READ)
	// Write is any input/output that writes or deletes.
	Write = Operation(pb.Operation_OPERATION_WRITE)
)

// String is the word of the contract: READ, WRITE.
func (o Operation) String() string {
	return strings.TrimPrefix(pb.Operation(o).String(), "OPERATION_")
}

// A Mode is a maintenance mode: it says which operations a datastore refuses.
type Mode int32

// The maintenance modes. A mode of a later version is told as Offline.
const (
	None      = Mode(pb.MaintenanceMode_MAINTENANCE_MODE_NONE)
	ReadOnly  = Mode(pb.MaintenanceMode_MAINTENANCE_MODE_READ_ONLY)
	Offline   = Mode(pb.MaintenanceMode_MAINTENANCE_MODE_OFFLINE)
	Delete    = Mode(pb.MaintenanceMode_MAINTENANCE_MODE_DELETE)
	Unmount   = Mode(pb.MaintenanceMode_MAINTENANCE_MODE_UNMOUNT)
	S3Refresh = Mode(pb.MaintenanceMode_MAINTENANCE_MODE_S3_REFRESH)
)

// String is the word of the contract: NONE, READ_ONLY, OFFLINE, …
func (m Mode) String() string {
	return strings.TrimPrefix(pb.MaintenanceMode(m).String(), "MAINTENANCE_MODE_")
}

func modeOf(told pb.MaintenanceMode) Mode {
	switch mode := Mode(told); mode {
	case None, ReadOnly, Offline, Delete, Unmount, S3Refresh:
		return mode
	default:
		// Of a later version: it surely refuses something, so nothing is begun.
		return Offline
	}
}

// A Datastore is a named section of the server's configuration and what the server knows of its availability. Treat it
// as immutable: it may be shared.
type Datastore struct {
	Name string
	// Changes whenever the settings or the mode change; opaque.
	ETag string
	// The generation of its last change, or a later one.
	Generation int64
	Mode       Mode
	// The operator's words about the mode.
	Message string
	// Base directory, as configured: relative to the device for a removable datastore. Empty without settings, as are
	// the next two.
	Path string
	// Absolute path of the base directory on the server's host: below the mount point for a removable datastore.
	BasePath string
	Comment  string
	// All settings, as in the contract. Nil when they were not asked for.
	Settings *pb.DatastoreSettings
	// Whether the device that carries it is there.
	Mount pb.MountState
}

func datastoreOf(told *pb.Datastore) Datastore {
	return Datastore{
		Name:       told.GetName(),
		ETag:       told.GetEtag(),
		Generation: told.GetGeneration(),
		Mode:       modeOf(told.GetMaintenance().GetMode()),
		Message:    told.GetMaintenance().GetMessage(),
		Path:       told.GetSettings().GetPath(),
		BasePath:   told.GetBasePath(),
		Comment:    told.GetSettings().GetComment(),
		Settings:   told.GetSettings(),
		Mount:      told.GetMountState(),
	}
}

func datastoresOf(told []*pb.Datastore) []Datastore {
	datastores := make([]Datastore, len(told))
	for i, datastore := range told {
		datastores[i] = datastoreOf(datastore)
	}
	return datastores
}

// An Answer is a datastore at one revision.
type Answer struct {
	Datastore
	Revision Revision
}
