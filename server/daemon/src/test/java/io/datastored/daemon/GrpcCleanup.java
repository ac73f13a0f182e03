package io.datastored.daemon;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.testing.GrpcCleanupRule;
import java.lang.reflect.Method;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/**
 * grpc-testing's clean-up rule for JUnit 5, which has no extension of its own for it
 * (grpc-java#5331): use with {@code @RegisterExtension}. Confined to one test. What is registered
 * is shut down after the test, and the test fails if it does not end.
 */
public final class GrpcCleanup implements InvocationInterceptor {
  private final GrpcCleanupRule rule = new GrpcCleanupRule().setTimeout(10, TimeUnit.SECONDS);

  public Server register(Server server) {
    return rule.register(server);
  }

  public ManagedChannel register(ManagedChannel channel) {
    return rule.register(channel);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    around(invocation);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    around(invocation);
  }

  private void around(Invocation<Void> invocation) throws Throwable {
    rule.apply(
            new Statement() {
              @Override
              public void evaluate() throws Throwable {
                invocation.proceed();
              }
            },
            Description.EMPTY)
        .evaluate();
  }
}
