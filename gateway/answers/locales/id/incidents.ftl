# Gangguan yang diketahui

incident-known = Ini tampaknya terkait hal yang sudah kami ketahui dan sedang kami tangani: “{ $title }”.
incident-expected = Kami perkirakan hal ini selesai paling lambat { $time }.
incident-wait = Anda tidak perlu menulis lagi karena hal ini: kami kabari Anda di sini begitu selesai.
incident-over = Hal yang kami ketahui sebagai “{ $title }” sudah selesai.
incident-over-next = Jika kasus Anda { $case } masih belum beres, cukup balas pesan ini dan kami akan memeriksanya lagi.
incident-over-subject = [{ $case }] Gangguan telah selesai
