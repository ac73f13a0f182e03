package io.datastored.service;

import io.datastored.v1.SessionServiceGrpc.SessionServiceImplBase;

/**
 * The calls of SessionService, which come later: every one answers UNIMPLEMENTED. Stateless. The
 * service is registered so that reflection shows the whole contract.
 */
final class SessionCalls extends SessionServiceImplBase {}
