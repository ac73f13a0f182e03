package datastored

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ErrClosed is returned by calls on a client that was closed.
var ErrClosed = errors.New("datastored: the client is closed")

// A Reason says why a call was refused: the name of an ErrorReason of the contract without its prefix. Reasons of later
// versions come as they are.
type Reason string

// The reasons that a program may want to tell apart. The contract (error_reason.proto) says what each means and which
// metadata it carries.
const (
	InvalidRequest    Reason = "INVALID_REQUEST"
	DatastoreNotFound Reason = "DATASTORE_NOT_FOUND"
	UnderMaintenance  Reason = "UNDER_MAINTENANCE"
	NotMounted        Reason = "NOT_MOUNTED"
	ConfigInvalid     Reason = "CONFIG_INVALID"
	SessionNotFound   Reason = "SESSION_NOT_FOUND"
	LeaseEnded        Reason = "LEASE_ENDED"
	WrongIncarnation  Reason = "WRONG_INCARNATION"
	QuotaExceeded     Reason = "QUOTA_EXCEEDED"
	NotReady          Reason = "NOT_READY"
	// PermissionDenied: the rules of the server do not allow it, until somebody changes them.
	PermissionDenied Reason = "PERMISSION_DENIED"
	// Unauthenticated: the server does not accept the credentials of this client, or not any more.
	Unauthenticated Reason = "UNAUTHENTICATED"
	// OutcomeUnknown: writing failed after a step that may have taken effect. Read again to see whether it did.
	OutcomeUnknown Reason = "OUTCOME_UNKNOWN"
)

const errorDomain = "datastored"

// A RefusedError is the server's answer that it does not do what was asked. Immutable.
type RefusedError struct {
	// Why, for programs.
	Reason Reason
	// The gRPC status code.
	Code codes.Code
	// The facts that the contract names for the reason, and `generation`.
	Metadata map[string]string
	// When it is worth asking again; 0 when the server did not say.
	RetryAfter time.Duration
	// One sentence, for people.
	Message string
}

// Error is the server's sentence and the reason.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("datastored: %s (%s)", e.Message, e.Reason)
}

// asRefusal turns a status of the server into a refusal; anything else stays what it is.
func asRefusal(err error) error {
	told, ok := status.FromError(err)
	if !ok || err == nil {
		return err
	}
	var refused *RefusedError
	var retryAfter time.Duration
	for _, detail := range told.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			if detail.GetDomain() == errorDomain {
				refused = &RefusedError{
					Reason:   Reason(detail.GetReason()),
					Code:     told.Code(),
					Metadata: detail.GetMetadata(),
					Message:  told.Message(),
				}
			}
		case *errdetails.RetryInfo:
			retryAfter = detail.GetRetryDelay().AsDuration()
		}
	}
	if refused == nil {
		return err
	}
	refused.RetryAfter = retryAfter
	return refused
}

func refusedWith(err error, reason Reason) (*RefusedError, bool) {
	var refused *RefusedError
	if errors.As(err, &refused) && refused.Reason == reason {
		return refused, true
	}
	return nil, false
}

// unauthenticated tells whether the server does not accept the client's credentials.
func unauthenticated(err error) bool {
	var refused *RefusedError
	if errors.As(err, &refused) {
		return refused.Code == codes.Unauthenticated
	}
	return status.Code(err) == codes.Unauthenticated
}

// passes tells whether the same call may be answered better a little later, and when.
func passes(err error) (bool, time.Duration) {
	var unreachable *UnreachableError
	if err == nil || errors.As(err, &unreachable) {
		return false, 0
	}
	var refused *RefusedError
	if errors.As(err, &refused) {
		return refused.Code == codes.Unavailable, refused.RetryAfter
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return true, 0 // Of the attempt: whoever asks looks at the call's own context first.
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Unknown, codes.Internal, codes.Aborted:
		// Not from the server's table of refusals, so of the transport: the answer may be lost.
		return true, 0
	default:
		return false, 0
	}
}
