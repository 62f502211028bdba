package io.causalstreams.it.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Links within the project lead to files and headings that exist. Those to other places are not fetched. */
class LinksTest {

    @Test
    void shouldLeadSomewhere() {
        // Given
        Map<Path, MarkdownPage> pages = new HashMap<>();
        MarkdownPage.all().forEach(page -> pages.put(page.path(), page));

        // When
        List<String> broken = new ArrayList<>();
        pages.values()
                .forEach(page -> page.links().stream()
                        .filter(link -> !link.matches("[a-z]+:.*"))
                        .filter(link -> !exists(page, link, pages))
                        .forEach(link -> broken.add(page.path() + ": " + link)));

        // Then
        assertThat(pages).hasSizeGreaterThan(30);
        assertThat(broken).isEmpty();
    }

    /** So that the site shows it. */
    @Test
    void shouldHaveEveryPageInTheNavigation() throws IOException {
        String navigation = Files.readString(MarkdownPage.ROOT.resolve("docs/site/mkdocs.yml"));
        assertThat(MarkdownPage.all())
                .allMatch(page -> Pattern.compile(
                                "(?m)[ :]" + Pattern.quote(page.path().toString()) + "$")
                        .matcher(navigation)
                        .find());
    }

    @Test
    void shouldNameHeadingsAsGitHubDoes() {
        MarkdownPage page = MarkdownPage.parse(
                Path.of("page.md"),
                List.of("# `int8`, and why", "## The same", "## The same", "### See [it](there.md)"));
        assertThat(page.anchors()).containsExactlyInAnyOrder("int8-and-why", "the-same", "the-same-1", "see-it");
    }

    private static boolean exists(MarkdownPage page, String link, Map<Path, MarkdownPage> pages) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? page.path()
                : page.path().resolveSibling(parts[0]).normalize();
        if (parts.length == 1) {
            return Files.exists(MarkdownPage.ROOT.resolve(target));
        }
        MarkdownPage named = pages.get(target);
        return named != null && named.anchors().contains(parts[1]);
    }
}
