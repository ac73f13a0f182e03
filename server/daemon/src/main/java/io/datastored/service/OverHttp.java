package io.datastored.service;

import io.datastored.service.call.CallsOverHttp;
import io.datastored.service.call.PageLinks;
import io.datastored.service.page.PageSources;

/**
 * What the services show over HTTP. Immutable.
 *
 * @param calls that only read
 * @param page what the status page shows
 * @param links to the status page
 */
public record OverHttp(CallsOverHttp calls, PageSources page, PageLinks links) {}
