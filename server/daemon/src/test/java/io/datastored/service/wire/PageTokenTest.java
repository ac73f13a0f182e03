package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.service.wire.PageToken.Listing;
import org.junit.jupiter.api.Test;

final class PageTokenTest {
  private static final PageToken TOKEN = new PageToken(Listing.STATUS, "archive-2023");

  @Test
  void decode_ownToken_isTheSame() {
    assertThat(PageToken.decode(Listing.STATUS, TOKEN.encode())).contains(TOKEN);
  }

  @Test
  void decode_tokenOfAnotherListing_isRefused() {
    assertThat(PageToken.decode(Listing.DATASTORES, TOKEN.encode())).isEmpty();
  }

  @Test
  void decode_madeUp_isRefused() {
    assertThat(PageToken.decode(Listing.STATUS, "archive-2023")).isEmpty();
    assertThat(PageToken.decode(Listing.STATUS, "!")).isEmpty();
    assertThat(PageToken.decode(Listing.STATUS, "QUJD")).isEmpty();
  }

  @Test
  void decode_anyCharacterChanged_isRefused() {
    String token = TOKEN.encode();
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'A' ? 'B' : 'A';
      String changed = token.substring(0, i) + other + token.substring(i + 1);
      assertThat(PageToken.decode(Listing.STATUS, changed)).as(changed).isEmpty();
    }
  }
}
