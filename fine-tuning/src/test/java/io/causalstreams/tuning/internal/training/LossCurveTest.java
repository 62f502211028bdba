package io.causalstreams.tuning.internal.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class LossCurveTest {

    @Test
    void shouldDrawEveryStepAndEveryValidation() throws Exception {
        // Given
        List<double[]> training = new ArrayList<>();
        for (int step = 0; step < 100; step++) {
            training.add(new double[] {step, 4.0 / (1 + step)});
        }

        // When
        Document svg = parsed(LossCurve.of(training, List.of(new double[] {50, 1}, new double[] {99, 2})));

        // Then
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        Element steps = path(svg, "#9ec5e8");
        assertThat(steps.getAttribute("d").split("[ML]", -1)).hasSize(1 + 100);
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(2);
        assertThat(height(svg, 0)).as("the lower loss is drawn lower").isGreaterThan(height(svg, 1));
    }

    @Test
    void shouldDrawATrainingThatHasNotBegun() throws Exception {
        assertThat(parsed(LossCurve.of(List.of(), List.of()))
                        .getElementsByTagName("circle")
                        .getLength())
                .isZero();
    }

    private static double height(Document svg, int circle) {
        Element element = (Element) svg.getElementsByTagName("circle").item(circle);
        return Double.parseDouble(element.getAttribute("cy"));
    }

    private static Element path(Document svg, String colour) {
        for (int i = 0; i < svg.getElementsByTagName("path").getLength(); i++) {
            Element path = (Element) svg.getElementsByTagName("path").item(i);
            if (path.getAttribute("stroke").equals(colour)) {
                return path;
            }
        }
        throw new AssertionError("no path has the colour " + colour);
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
