import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The same join by Kafka Streams: the customers are a global table, which is read before the first event; an event whose
 * customer is not there yet waits in a store, and leaves it as soon as the customer comes.
 */
public class Join {
	private static final String YEARS = "years";
	private static final String WAITING = "waiting";
	private static final Duration LOOK_AGAIN = Duration.ofMillis(20); // a global table can't tell that something came
	private static final ObjectMapper JSON = JsonMapper.builder() // which keeps 28.50
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

	private static JsonNode parsed(byte[] text) {
		try {
			return JSON.readTree(text);
		} catch (IOException error) {
			throw new UncheckedIOException(error);
		}
	}

	/** Puts the customers of each change of Redis into the table. */
	private static class Customers implements Processor<byte[], byte[], Void, Void> {
		private KeyValueStore<String, String> years;

		@Override
		public void init(ProcessorContext<Void, Void> context) {
			years = context.getStateStore(YEARS);
		}

		@Override
		public void process(Record<byte[], byte[]> message) {
			JsonNode change = parsed(message.value());
			if (!change.path("key").asText().equals("Q3VzdG9tZXI=")) {
				return;
			}
			for (JsonNode entry : change.path("zSetEntries")) {
				JsonNode customer = parsed(Base64.getDecoder().decode(entry.path("element").asText()));
				years.put(customer.path("email").asText(), customer.path("birthDay").asText().substring(0, 4));
			}
		}
	}

	/** Joins each event with the table, at once or later. */
	private static class Events implements Processor<byte[], byte[], byte[], byte[]> {
		private ProcessorContext<byte[], byte[]> context;
		private KeyValueStore<String, String> years;
		private KeyValueStore<String, byte[]> waiting;

		@Override
		public void init(ProcessorContext<byte[], byte[]> context) {
			this.context = context;
			years = context.getStateStore(YEARS);
			waiting = context.getStateStore(WAITING);
			context.schedule(LOOK_AGAIN, PunctuationType.WALL_CLOCK_TIME, this::lookAgain);
		}

		@Override
		public void process(Record<byte[], byte[]> message) {
			RecordMetadata from = context.recordMetadata().orElseThrow();
			String position = from.topic() + ":" + from.partition() + ":" + from.offset();
			if (!join(message.value(), position, message.timestamp())) {
				waiting.put(position, message.value());
			}
		}

		private void lookAgain(long now) {
			try (KeyValueIterator<String, byte[]> events = waiting.all()) {
				while (events.hasNext()) {
					KeyValue<String, byte[]> event = events.next();
					if (join(event.value, event.key, now)) {
						waiting.delete(event.key);
					}
				}
			}
		}

		private boolean join(byte[] text, String position, long timestamp) {
			JsonNode event = parsed(text);
			String email = event.path("customer").asText();
			String year = years.get(email);
			if (year == null) {
				return false;
			}
			byte[] joined = JSON.createObjectNode().put("customer", email).put("score", event.path("score").asText())
					.put("email", email).put("birthYear", year).put("position", position).toString().getBytes();
			context.forward(new Record<>(null, joined, timestamp));
			return true;
		}
	}

	public static void main(String[] args) {
		if (args.length != 5) {
			System.err.println("usage: Join BROKER CUSTOMERS EVENTS JOINED STATE-FOLDER");
			System.exit(2);
		}
		Properties settings = new Properties();
		settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
		settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "join-" + args[3]);
		settings.put(StreamsConfig.STATE_DIR_CONFIG, args[4]);
		settings.put("producer.linger.ms", "0"); // 100 by default

		StreamsBuilder builder = new StreamsBuilder();
		builder.addGlobalStore(
				Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(YEARS), Serdes.String(), Serdes.String())
						.withLoggingDisabled(),
				args[1], Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()), Customers::new);
		StoreBuilder<?> waiting = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(WAITING), Serdes.String(),
				Serdes.ByteArray());
		builder.addStateStore(waiting);
		ProcessorSupplier<byte[], byte[], byte[], byte[]> events = Events::new;
		builder.stream(args[2], Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())).process(events, WAITING)
				.to(args[3], Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));

		KafkaStreams streams = new KafkaStreams(builder.build(), settings);
		Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
		streams.start();
	}
}
