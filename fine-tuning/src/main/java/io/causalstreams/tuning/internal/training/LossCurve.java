package io.causalstreams.tuning.internal.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The losses of a training as a picture in SVG: every step a faint line, their moving mean a strong one, validations points. */
public final class LossCurve {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 360;
    private static final int LEFT = 56;
    private static final int BOTTOM = 40;
    private static final int TOP = 24;
    private static final int RIGHT = 16;
    private static final int TICKS = 5;

    private final double lastStep;
    private final double highest;

    private LossCurve(double lastStep, double highest) {
        this.lastStep = lastStep;
        this.highest = highest;
    }

    /** The picture; points are pairs of step and loss. */
    public static String of(List<double[]> training, List<double[]> validation) {
        double lastStep = Math.max(1, training.isEmpty() ? 1 : training.get(training.size() - 1)[0]);
        double highest = training.stream().mapToDouble(point -> point[1]).max().orElse(1);
        return new LossCurve(lastStep, highest > 0 ? highest * 1.05 : 1).draw(training, validation);
    }

    private String draw(List<double[]> training, List<double[]> validation) {
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        .formatted(WIDTH, HEIGHT));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int i = 0; i <= TICKS; i++) {
            double loss = highest * i / TICKS;
            svg.append(text(LEFT - 8, y(loss) + 4, "end", String.format(Locale.ROOT, "%.2f", loss)));
            svg.append(format("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", LEFT, y(loss), WIDTH - RIGHT));
            double step = lastStep * i / TICKS;
            svg.append(text(x(step), HEIGHT - BOTTOM + 18, "middle", Long.toString(Math.round(step))));
        }
        svg.append(text((WIDTH + LEFT) / 2.0, HEIGHT - 6, "middle", "step"));
        svg.append(text(LEFT, TOP - 8, "start", "loss, nats per predicted token"));
        svg.append(line(training, "#9ec5e8", 1));
        svg.append(line(smoothed(training), "#1f6fb2", 2));
        for (double[] point : validation) {
            svg.append(
                    format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#c2410c\"/>\n", x(point[0]), y(point[1])));
        }
        svg.append(text(WIDTH - RIGHT, TOP - 8, "end", validation.isEmpty() ? "training" : "training; ● validation"));
        return svg.append("</svg>\n").toString();
    }

    private static List<double[]> smoothed(List<double[]> points) {
        List<double[]> result = new ArrayList<>();
        int window = Math.max(1, points.size() / 30);
        for (int i = 0; i < points.size(); i++) {
            List<double[]> near = points.subList(Math.max(0, i - window), i + 1);
            double mean = near.stream().mapToDouble(point -> point[1]).average().orElse(0);
            result.add(new double[] {points.get(i)[0], mean});
        }
        return result;
    }

    private String line(List<double[]> points, String colour, int width) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            path.append(format("%s%.1f %.1f", path.isEmpty() ? "M" : "L", x(point[0]), y(point[1])));
        }
        return format("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%d\"/>\n", path, colour, width);
    }

    private double x(double step) {
        return LEFT + (WIDTH - LEFT - RIGHT) * step / lastStep;
    }

    private double y(double loss) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(loss, highest) / highest);
    }

    private static String text(double x, double y, String anchor, String text) {
        return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, text);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
