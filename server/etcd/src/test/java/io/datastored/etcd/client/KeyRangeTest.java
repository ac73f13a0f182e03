package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

final class KeyRangeTest {

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  @Test
  void prefix_endsBeforeTheNextOne() {
    assertThat(KeyRange.prefix("a/").end()).isEqualTo(ByteString.copyFromUtf8("a0"));
    assertThat(new KeyRange(bytes('a'), bytes()).end()).isEqualTo(bytes());
  }

  @Test
  void prefix_whoseLastByteIsTheHighest_raisesTheOneBefore() {
    assertThat(KeyRange.prefix(bytes('a', 0xff)).end()).isEqualTo(bytes('b'));
    assertThat(KeyRange.prefix(bytes('a', 0x7f)).end()).isEqualTo(bytes('a', 0x80));
    assertThat(KeyRange.prefix(bytes(0xff, 0xff)).end()).isEqualTo(bytes(0));
  }

  @Test
  void key_mustNotBeEmpty() {
    assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.of(""));
  }
}
